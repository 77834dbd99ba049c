#define KEY_ROUNDS 16
