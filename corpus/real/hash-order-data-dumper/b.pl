$VAR1 = {
  'sheet' => 5,
  'row' => 3,
  'column' => 6,
  'index' => 5,
  'cell' => 4,
  'table' => 5
};
