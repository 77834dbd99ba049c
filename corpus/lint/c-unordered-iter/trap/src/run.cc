#include <iostream>
#include <unordered_map>
void show(const std::unordered_map<int, int> &table) { for (auto &kv : table) std::cout << kv.first; }
