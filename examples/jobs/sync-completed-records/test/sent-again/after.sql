-- records
SELECT id, status, completed_at, reported_by, updated_at FROM record ORDER BY id;

-- workflow triggers
SELECT record_id, kind, created_at, run_id FROM workflow_trigger ORDER BY id;

-- still pending
SELECT record_id, kind FROM pending_item ORDER BY record_id, kind;
