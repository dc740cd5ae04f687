-- both are done here, whatever the system says
SELECT id, status FROM record ORDER BY id;
