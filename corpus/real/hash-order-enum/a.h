enum kind {
    KIND_KEY = 0,
    KIND_CELL = 1,
    KIND_COLUMN = 2,
    KIND_SHEET = 3,
    KIND_ROW = 4,
    KIND_INDEX = 5,
    KIND_TABLE = 6,
};
