-- Cancellations: checks first, then the message, then the appointment.

-- check that the platform has the appointment
SELECT 'no such appointment: ' || coalesce(:appointmentId, 'null')
WHERE NOT EXISTS (SELECT 1 FROM appointment WHERE id = :appointmentId);

-- check that there is a patient
SELECT 'no patient'
WHERE :patient ->> 'id' IS NULL;

-- keep the patient, and where to write to
INSERT INTO patient (id, name, email)
VALUES (:patient ->> 'id', :patient ->> 'name', :patient ->> 'email')
ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = coalesce(excluded.email, email);

-- queue the message to the patient, unless the appointment was cancelled before
INSERT INTO notification (patient_id, appointment_id, address, body, queued_at)
SELECT patient.id, appointment.id, patient.email,
	'Your appointment of ' || appointment.start || ' is cancelled: ' || coalesce(:reason, 'no reason given'), $now
FROM appointment, patient
WHERE appointment.id = :appointmentId AND appointment.status <> 'CANCELLED' AND patient.id = :patient ->> 'id';

-- cancel the appointment, which frees its slot
UPDATE appointment
SET status = 'CANCELLED', cancelled_at = :cancelledAt, cancel_reason = :reason
WHERE id = :appointmentId AND status <> 'CANCELLED';
