static const int limits[] = { 1.500 };
