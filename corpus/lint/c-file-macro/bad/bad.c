void f(void) { log_at(__FILE__, __LINE__); }
