$VAR1 = {
  'row' => 3,
  'sheet' => 5,
  'column' => 6,
  'index' => 5,
  'table' => 5,
  'cell' => 4
};
