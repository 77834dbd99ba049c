#define KEY_ROUNDS 4
