# What the runs come to: medians and ratios with their spread, the goals, one picture. Sourced by run.sh.
# shellcheck shell=bash

# shape, peer (empty: any), how it is judged, bound, and what it says.
goals() {
	cat <<-'GOALS'
		W1|times as fast as the fastest peer|>=|2.5
		W1|of the floor's time|<=|0.85
		W1|times as fast as the record-at-a-time flow|>=|30
		W1|peak memory, MiB|<=|24
		W1|peak memory above a hundredth's, MiB|<=|2
		W2|times as fast as the fastest peer|>=|4
		W2/32|times as fast as the fastest peer|>=|6
		W3|of the ideal's time|<=|1.15
		W4|time an item, of W1's|<=|1.1
		W4|peak memory, MiB|<=|24
		W4|peak memory above a hundredth's, MiB|<=|2
		W5|of W1's speed|>=|0.7
		W6|milliseconds from exec to exit|<=|10
		W7|of W1's speed|>=|0.85
		W8|of W1's speed|>=|0.9
		W9|ms that the platform's insert waits (p99)|<=|250
		W9|of W1's speed|>=|0.8
	GOALS
}

# The runs and, a row a round, every figure that a goal is about. Ratios are taken within a round: what the machine did
# besides met both sides.
report_tables() {
	cat <<-SQL
		.mode csv
		.import $CSV raw
		.mode list
		CREATE TABLE run AS SELECT CAST(round AS INTEGER) AS round, shape, peer, CAST(records AS INTEGER) AS records,
			CAST(seconds AS REAL) AS seconds, CAST(user AS REAL) + CAST(system AS REAL) AS cpu,
			CAST(peak_kib AS REAL) / 1024 AS peak, CAST(nullif(note, '') AS REAL) AS note FROM raw;
		CREATE VIEW ours AS SELECT *, seconds / records AS an_item FROM run WHERE peer = 'jobrun';
		CREATE VIEW fastest AS SELECT round, shape, min(seconds) AS seconds FROM run
			WHERE peer IN ('shell', 'python', 'node') GROUP BY round, shape;
		CREATE TABLE figure (shape, what, round, v);
		INSERT INTO figure SELECT shape, 'times as fast as the fastest peer', round, f.seconds / o.seconds
			FROM ours o JOIN fastest f USING (round, shape);
		INSERT INTO figure SELECT shape, 'of the floor''s time', round, o.seconds / r.seconds
			FROM ours o JOIN run r USING (round, shape) WHERE r.peer = 'floor';
		INSERT INTO figure SELECT 'W1', 'times as fast as the record-at-a-time flow', round,
			r.seconds / r.records / o.an_item
			FROM ours o JOIN run r USING (round) WHERE o.shape = 'W1' AND r.peer = 'record';
		INSERT INTO figure SELECT shape, 'peak memory, MiB', round, peak FROM ours;
		INSERT INTO figure SELECT o.shape, 'peak memory above a hundredth''s, MiB', round, o.peak - h.peak
			FROM ours o JOIN ours h USING (round) WHERE h.shape = o.shape || '/100';
		INSERT INTO figure SELECT shape, 'of the ideal''s time', round, seconds / note FROM ours WHERE shape = 'W3';
		INSERT INTO figure SELECT o.shape, 'time an item, of W1''s', round, o.an_item / w.an_item
			FROM ours o JOIN ours w USING (round) WHERE w.shape = 'W1';
		INSERT INTO figure SELECT o.shape, 'of W1''s speed', round, w.an_item / o.an_item
			FROM ours o JOIN ours w USING (round) WHERE w.shape = 'W1';
		INSERT INTO figure SELECT shape, 'milliseconds from exec to exit', round, seconds * 1000 FROM ours;
		INSERT INTO figure SELECT shape, 'ms that the platform''s insert waits (p99)', round, note FROM ours
			WHERE shape = 'W9';
		INSERT INTO figure SELECT shape, 'seconds of ' || peer, round, seconds FROM run;
		INSERT INTO figure SELECT r.shape, 'times jobrun''s of ' || r.peer, round, r.seconds / o.seconds
			FROM run r JOIN ours o USING (round, shape);
		CREATE VIEW ranked AS SELECT *, row_number() OVER w AS at, count(*) OVER (PARTITION BY shape, what) AS n
			FROM figure WINDOW w AS (PARTITION BY shape, what ORDER BY v);
		CREATE TABLE median AS SELECT shape, what, avg(v) FILTER (WHERE at IN ((n + 1) / 2, (n + 2) / 2)) AS v,
			min(v) AS least, max(v) AS most, n FROM ranked GROUP BY shape, what;
		CREATE TABLE goal (shape, what, how, bound);
		$(goals | sed "s/'/''/g; s/|/', '/g; s/.*/INSERT INTO goal VALUES ('&');/")
	SQL
}

print_runs() {
	printf '\n%-7s %-7s %9s %22s %12s %24s %9s %9s\n' shape peer seconds '(least to most)' 'records/s' \
		'times jobrun (spread)' 'CPU s' 'peak MiB'
	cat <<-'SQL'
		SELECT printf('%-7s %-7s %9.3f %22s %12s %24s %9.2f %9.1f', r.shape, r.peer, m.v,
			printf('(%.3f to %.3f)', m.least, m.most), iif(r.shape = 'W6', '', printf('%.0f', r.records / m.v)),
			iif(t.v IS NULL, '', printf('%.2f (%.2f to %.2f)', t.v, t.least, t.most)), avg(r.cpu), max(r.peak))
		FROM run r JOIN median m ON m.shape = r.shape AND m.what = 'seconds of ' || r.peer
		LEFT JOIN median t ON t.shape = r.shape AND t.what = 'times jobrun''s of ' || r.peer
		GROUP BY r.shape, r.peer ORDER BY r.shape, m.v;
	SQL
}

# At a scale of less than one the figures say nothing: they are shown, and not judged.
print_goals() { # SCALE
	cat <<-SQL
		SELECT printf('%-6s %-44s %9s %24s  %s', g.shape, g.what,
			iif(g.how = '>=', 'at least ', 'at most ') || g.bound,
			iif(m.v IS NULL, '-', printf('%.3f (%.3f to %.3f)', m.v, m.least, m.most)),
			CASE WHEN m.v IS NULL THEN 'not measured' WHEN $1 <> 1 THEN 'not judged: scale $1'
			WHEN iif(g.how = '>=', m.v >= g.bound + 0, m.v <= g.bound + 0) THEN 'met' ELSE 'NOT MET' END)
		FROM goal g LEFT JOIN median m USING (shape, what) ORDER BY g.rowid;
	SQL
}

# Records a second, a cluster of bars a shape.
draw() {
	local svg=$BENCH/bench.svg

	if ! command -v gnuplot >/dev/null; then
		echo "no picture: gnuplot is not installed"
		return 0
	fi
	{
		report_tables
		cat <<-'SQL'
			.print shape jobrun node python shell floor record
			WITH speed AS (SELECT substr(r.shape, 1, 5) AS shape, r.peer, r.records / m.v AS v FROM run r
				JOIN median m ON m.shape = r.shape AND m.what = 'seconds of ' || r.peer
				WHERE r.shape IN ('W1', 'W1/25', 'W2', 'W2/32', 'W4', 'W8') GROUP BY r.shape, r.peer)
			SELECT printf('%s %s %s %s %s %s %s', shape,
				coalesce(max(v) FILTER (WHERE peer = 'jobrun'), '?'), coalesce(max(v) FILTER (WHERE peer = 'node'), '?'),
				coalesce(max(v) FILTER (WHERE peer = 'python'), '?'), coalesce(max(v) FILTER (WHERE peer = 'shell'), '?'),
				coalesce(max(v) FILTER (WHERE peer = 'floor'), '?'), coalesce(max(v) FILTER (WHERE peer = 'record'), '?'))
			FROM (SELECT iif(shape = 'W1/25', 'W1', shape) AS shape, peer, v FROM speed) GROUP BY shape;
		SQL
	} | sqlite3 -batch -bail :memory: >"$BENCH/bench.dat"
	if (($(wc -l <"$BENCH/bench.dat") < 2)); then
		echo "no picture: it shows W1, W2, W4 and W8"
		return 0
	fi
	gnuplot <<-PLOT
		set terminal svg size 900,420 font "sans,12" background "white"
		set output "$svg"
		set title "Records a second, fetched, applied, committed and acknowledged"
		set style data histogram
		set style histogram clustered gap 1
		set style fill solid 0.9 border -1
		set datafile missing "?"
		set logscale y
		set yrange [100:*]
		set format y "%.0s %c"
		set grid ytics
		set key outside right top
		plot for [i = 2:7] "$BENCH/bench.dat" using i:xtic(1) title columnheader(i)
	PLOT
	echo "picture: ${svg#"$TREE"/}"
}

report() {
	local scale runs

	read -r scale runs <"$BENCH/asked"
	{
		report_tables
		print_runs | sed -n '/^SELECT/,$p'
	} | sqlite3 -batch -bail :memory: | cat <(print_runs | sed '/^SELECT/,$d') -
	printf '\nWhat was to be reached, and what was (medians of %s):\n' "$runs"
	{
		report_tables
		print_goals "$scale"
	} | sqlite3 -batch -bail :memory:
	printf '\n'
	sed 's/^/not measured: /; s/: not measured:/:/' "$BENCH/missing"
	echo "runs: ${CSV#"$TREE"/}"
	draw
}
