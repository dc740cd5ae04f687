-- Appointments: checks first, then the patient, then the appointment.

-- check that its status holds a slot
SELECT 'its status is ' || coalesce(:status, 'missing') || ', neither BOOKED nor MOVED'
WHERE coalesce(:status, '') NOT IN ('BOOKED', 'MOVED');

-- check that the clinic has the room
SELECT 'no such room: ' || coalesce(:slot ->> 'room', 'null')
WHERE NOT EXISTS (SELECT 1 FROM room WHERE name = :slot ->> 'room');

-- check that the slot is free
SELECT 'slot taken: ' || room || ' at ' || start || ' by ' || id
FROM appointment
WHERE room = :slot ->> 'room' AND start = :slot ->> 'start' AND status <> 'CANCELLED' AND id <> :id;

-- check that there is a patient
SELECT 'no patient'
WHERE :patient ->> 'id' IS NULL;

-- keep the patient
INSERT INTO patient (id, name)
VALUES (:patient ->> 'id', :patient ->> 'name')
ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- book or move the appointment
-- (a version older than the one that is here changes nothing)
INSERT INTO appointment (id, version, room, start, minutes, patient_id, exam_code, status)
VALUES (:id, :version, :slot ->> 'room', :slot ->> 'start', :slot ->> 'minutes', :patient ->> 'id', :exam ->> 'code', :status)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, room = excluded.room, start = excluded.start, minutes = excluded.minutes,
	patient_id = excluded.patient_id, exam_code = excluded.exam_code, status = excluded.status,
	cancelled_at = NULL, cancel_reason = NULL
WHERE excluded.version > version;
