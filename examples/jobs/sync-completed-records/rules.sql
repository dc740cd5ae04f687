-- Completed records: checks first, then what a completed record means to the platform.

-- check that the client has this record
SELECT 'no such record: ' || :id
WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = :id AND client_id = @ClientId AND group_id = @GroupId);

-- check that it is completed
SELECT 'its status is ' || coalesce(:status, 'missing') || ', not COMPLETED'
WHERE :status IS NOT 'COMPLETED';

-- set the record's status
UPDATE record
SET status = 'COMPLETED', completed_at = :completedAt, reported_by = :reportedBy, updated_at = :updatedAt
WHERE id = :id;

-- register the workflow trigger
INSERT INTO workflow_trigger (record_id, kind, created_at, run_id)
VALUES (:id, 'COMPLETED', $now, $run);

-- clear what was pending
DELETE FROM pending_item
WHERE record_id = :id;
