INSERT INTO room (name) VALUES ('CT-1'), ('MR-1');
INSERT INTO patient (id, name) VALUES (1000, 'Ada Byron');
INSERT INTO appointment (id, version, room, start, minutes, patient_id, exam_code, status)
VALUES ('A-1-1', 2, 'MR-1', '2026-01-05T08:00:00Z', 30, 1000, 'MR-HEAD', 'BOOKED');

-- a cancelled appointment leaves its slot to others
UPDATE appointment SET status = 'CANCELLED' WHERE id = 'A-1-1';
