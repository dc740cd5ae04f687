-- appointments
SELECT id, status, cancelled_at, cancel_reason FROM appointment ORDER BY id;

-- messages to be sent
SELECT patient_id, appointment_id, address, body, queued_at FROM notification ORDER BY id;
