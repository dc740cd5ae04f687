INSERT INTO patient (id, name) VALUES (1000, 'Ada Byron');
INSERT INTO record (id, client_id, group_id, record_number, patient_id)
VALUES (101, 1, 10, 'R-0000101', 1000), (102, 1, 10, 'R-0000102', 1000);
INSERT INTO pending_item (record_id, kind) VALUES (101, 'REPORT'), (101, 'REVIEW'), (102, 'REPORT');

-- what an earlier run did with record 101, and its ack that the system seems to have lost
UPDATE record SET status = 'COMPLETED', completed_at = '2025-12-30T09:15:00Z' WHERE id = 101;
DELETE FROM pending_item WHERE record_id = 101;
INSERT INTO workflow_trigger (record_id, kind, created_at) VALUES (101, 'COMPLETED', '2025-12-30T09:30:00.000Z');
INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, State, RunId, At)
VALUES (1, '1', '10', '101', 'acked', 0, '2025-12-30T09:30:00.000Z');
