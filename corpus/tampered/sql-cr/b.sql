-- noteCOPY t FROM '/home/eve/x/t.csv';
SELECT 1;
