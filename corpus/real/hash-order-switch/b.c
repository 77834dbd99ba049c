#include "table.h"
int width(int k) {
    switch (k) {
    case K_ROW:
        return 3;
    case K_CELL:
        return 4;
    case K_TABLE:
        return 5;
    case K_KEY:
        return 3;
    case K_INDEX:
        return 5;
    case K_VALUE:
        return 5;
    case K_COLUMN:
        return 6;
    case K_SHEET:
        return 5;
    }
    return 0;
}
