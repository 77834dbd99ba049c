#include <iostream>
#include <map>
#include <unordered_map>
// for (auto &kv : std::unordered_map<int, int>{}) out << kv.first;
int size() { std::unordered_map<int, int> m; return m.size(); }
int sum(const std::unordered_map<int, int> &table) {
    int n = 0;
    for (auto &kv : table) n += kv.second << 1;
    for (auto &kv : table) std::cerr << kv.first;
    return n;
}
std::map<std::string, Node *> named;
void write(std::ostream &out) { for (auto &kv : named) out << kv.first; }
