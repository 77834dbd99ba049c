-- noteCOPY t FROM '/build/app-1.0/t.csv';
SELECT 1;
