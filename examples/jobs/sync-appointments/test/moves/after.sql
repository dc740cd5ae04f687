-- appointments
SELECT id, version, room, start, minutes, patient_id, exam_code, status FROM appointment ORDER BY id;

-- patients
SELECT id, name FROM patient ORDER BY id;
