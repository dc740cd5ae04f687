INSERT INTO patient (id, name) VALUES (1000, 'Ada Byron');
INSERT INTO record (id, client_id, group_id, record_number, patient_id)
VALUES (101, 1, 10, 'R-0000101', 1000), (102, 1, 10, 'R-0000102', 1000);
INSERT INTO pending_item (record_id, kind) VALUES (101, 'REPORT'), (101, 'REVIEW'), (102, 'REPORT');
