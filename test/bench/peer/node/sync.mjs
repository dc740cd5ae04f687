// sync.mjs DB URL IN-FLIGHT CLIENTS.JSON: the sync in Node: undici keeps the connections, better-sqlite3 writes.
//
// What is fetched waits in a queue; one function writes it, a thousand records a transaction, of several clients where
// one has fewer, each record in a savepoint of its own. A client is acknowledged when all of it is committed.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// The packages stand where they were installed, below build/.
const require = createRequire(join(process.env.BENCH_NODE ?? process.cwd(), 'package.json'));
const Database = require('better-sqlite3');
const { Pool } = require('undici');

const BATCH = 1000;
const ACK = 500;

const [path, url, inFlight, clientsFile] = process.argv.slice(2);
const clients = JSON.parse(readFileSync(clientsFile, 'utf8'));
const pool = new Pool(url, { connections: Number(inFlight), pipelining: 1 });

const db = new Database(path, { timeout: 30000 });
for (const pragma of ['synchronous = FULL', 'foreign_keys = ON', 'cache_size = -65536', 'temp_store = MEMORY'])
	db.pragma(pragma);
const sql = {
	begin: 'BEGIN IMMEDIATE',
	commit: 'COMMIT',
	rollback: 'ROLLBACK',
	savepoint: 'SAVEPOINT record',
	rollbackTo: 'ROLLBACK TO record',
	release: 'RELEASE record',
	ledger: `INSERT INTO sync_ledger (client, grp, id, state, attempts, at) VALUES (?, ?, ?, 'applied', 0, datetime())
		ON CONFLICT DO UPDATE SET state = 'applied', at = excluded.at WHERE state = 'failed'`,
	update: `UPDATE record SET status = 'COMPLETED', completed_at = ?, reported_by = ?, updated_at = ?
		WHERE id = ? AND client_id = ? AND group_id = ?`,
	trigger: `INSERT INTO workflow_trigger (record_id, kind, created_at, run_id)
		VALUES (?, 'COMPLETED', datetime(), 1)`,
	clear: 'DELETE FROM pending_item WHERE record_id = ?',
	failed: `INSERT INTO sync_ledger (client, grp, id, state, attempts, at) VALUES (?, ?, ?, 'failed', 1, datetime())
		ON CONFLICT DO UPDATE SET state = 'failed', attempts = attempts + 1, at = excluded.at`,
	error: 'INSERT INTO sync_error (at, client, grp, id, message) VALUES (datetime(), ?, ?, ?, ?)',
	owed: `SELECT id FROM sync_ledger WHERE client = ? AND grp = ? AND state = 'applied'`,
	acked: `UPDATE sync_ledger SET state = 'acked' WHERE client = ? AND grp = ? AND state = 'applied'`,
};
const st = Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]));
st.owed.pluck();

class Rejected extends Error {}

function applyRecord(client, group, record) {
	const { id } = record;
	if (st.ledger.run(client, group, id).changes === 0)
		return;
	if (record.status !== 'COMPLETED')
		throw new Rejected(`its status is ${record.status ?? 'missing'}, not COMPLETED`);
	if (st.update.run(record.completedAt ?? null, record.reportedBy ?? null, record.updatedAt ?? null, id, client,
		group).changes === 0)
		throw new Rejected(`no such record: ${id}`);
	st.trigger.run(id);
	st.clear.run(id);
}

function applyIsolated(client, group, record) {
	st.savepoint.run();
	try {
		applyRecord(client, group, record);
	} catch (why) {
		if (!(why instanceof Rejected) && !String(why.code).startsWith('SQLITE_CONSTRAINT'))
			throw why;
		st.rollbackTo.run();
		st.failed.run(client, group, record.id);
		st.error.run(client, group, record.id, why.message);
	}
	st.release.run();
}

// The writer. A piece of work is a client with records, or without any: all of it was acknowledged.
const queue = [];
let scheduled = false;

function writeBatch(batch) {
	st.begin.run();
	for (const { client, records } of batch) {
		if (records === null)
			st.acked.run(client.ClientId, client.GroupId);
		else
			for (const record of records)
				applyIsolated(client.ClientId, client.GroupId, record);
	}
	st.commit.run();
}

function flush() {
	const batch = [];
	let n = 0;
	while (queue.length > 0 && n < BATCH) {
		batch.push(queue.shift());
		n += batch.at(-1).records?.length ?? 0;
	}
	scheduled = queue.length > 0;
	if (scheduled)
		setImmediate(flush);
	try {
		writeBatch(batch);
		batch.forEach(work => work.resolve());
	} catch (why) {
		if (db.inTransaction)
			st.rollback.run();
		batch.forEach(work => work.reject(why));
	}
}

function write(client, records) {
	return new Promise((resolve, reject) => {
		queue.push({ client, records, resolve, reject });
		if (!scheduled)
			setImmediate(flush);
		scheduled = true;
	});
}

async function request(options) {
	const { statusCode, body } = await pool.request(options);
	if (statusCode >= 300)
		throw new Error(`${options.method} ${options.path}: ${statusCode}`);
	return body;
}

async function sync(client) {
	const { ClientId, GroupId, Route } = client;
	const body = await request({ method: 'GET', path: `${Route}?clientId=${ClientId}&groupId=${GroupId}` });
	const records = await body.json();
	const written = [];
	for (let at = 0; at < records.length; at += BATCH)
		written.push(write(client, records.slice(at, at + BATCH)));
	await Promise.all(written);
	const ids = st.owed.all(ClientId, GroupId);
	for (let at = 0; at < ids.length; at += ACK) {
		const answer = await request({
			method: 'POST',
			path: `${Route}/ack`,
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ clientId: ClientId, groupId: GroupId, ids: ids.slice(at, at + ACK) }),
		});
		await answer.dump();
	}
	await write(client, null);
}

async function worker() {
	for (let client = clients.shift(); client !== undefined; client = clients.shift()) {
		try {
			await sync(client);
		} catch (why) {
			console.error(`client ${client.ClientId}: ${why.message}`);
			process.exitCode = 1;
		}
	}
}

await Promise.all(Array.from({ length: Number(inFlight) }, worker));
await pool.close();
db.close();
