-- NewJob: what an item means to the platform. Each statement runs once an item, in order, all or none: :name is the
-- item's field, @Key the client's, $now the time. A statement that returns a row rejects the item, the row being the
-- reason; the comment above it is its name in messages.

-- check that it is completed
SELECT 'its status is ' || coalesce(:status, 'missing') || ', not COMPLETED'
WHERE :status IS NOT 'COMPLETED';

-- Checks first, then what changes in the platform's tables. With a table of records and one of workflow triggers:
--
-- -- check that the client has this record
-- SELECT 'no such record: ' || :id
-- WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = :id AND client_id = @ClientId);
--
-- -- set the record's status
-- UPDATE record SET status = 'COMPLETED', completed_at = :completedAt WHERE id = :id;
--
-- -- register the workflow trigger
-- INSERT INTO workflow_trigger (record_id, kind, created_at) VALUES (:id, 'COMPLETED', $now);
