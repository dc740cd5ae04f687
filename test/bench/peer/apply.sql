-- What the platform's rules say, for all of temp.fetched at once: the shell's peer and the floor. The caller has begun
-- the transaction, and says in temp.ends how a ledger row ends (applied, acked).

-- what is in the ledger as done is not done again
DELETE FROM temp.fetched WHERE EXISTS (SELECT 1 FROM sync_ledger l
	WHERE l.client = fetched.client AND l.grp = fetched.grp AND l.id = fetched.id AND l.state IN ('applied', 'acked'));

-- the checks
UPDATE temp.fetched SET why = CASE
	WHEN NOT EXISTS (SELECT 1 FROM record r
		WHERE r.id = fetched.id AND r.client_id = fetched.client AND r.group_id = fetched.grp)
	THEN 'no such record: ' || coalesce(id, 'no id')
	ELSE 'its status is ' || coalesce(status, 'missing') || ', not COMPLETED' END
WHERE status IS NOT 'COMPLETED' OR NOT EXISTS (SELECT 1 FROM record r
	WHERE r.id = fetched.id AND r.client_id = fetched.client AND r.group_id = fetched.grp);

INSERT INTO sync_error (at, client, grp, id, message)
SELECT datetime(), client, grp, id, why FROM temp.fetched WHERE why IS NOT NULL;

-- what a completed record means to the platform
UPDATE record SET status = 'COMPLETED', completed_at = f.completed_at, reported_by = f.reported_by,
	updated_at = f.updated_at
FROM temp.fetched f WHERE record.id = f.id AND f.why IS NULL;
INSERT INTO workflow_trigger (record_id, kind, created_at, run_id)
SELECT id, 'COMPLETED', datetime(), 1 FROM temp.fetched WHERE why IS NULL;
DELETE FROM pending_item WHERE record_id IN (SELECT id FROM temp.fetched WHERE why IS NULL);

INSERT INTO sync_ledger (client, grp, id, state, attempts, at)
SELECT client, grp, id, iif(why IS NULL, (SELECT state FROM temp.ends), 'failed'), why IS NOT NULL, datetime()
FROM temp.fetched WHERE true
ON CONFLICT DO UPDATE SET state = excluded.state, attempts = attempts + excluded.attempts, at = excluded.at;
