enum kind {
    KIND_SHEET = 0,
    KIND_CELL = 1,
    KIND_ROW = 2,
    KIND_TABLE = 3,
    KIND_KEY = 4,
    KIND_COLUMN = 5,
    KIND_INDEX = 6,
};
