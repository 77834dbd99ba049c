#include <iostream>
#include <map>
void write(std::ostream &out, const std::map<std::string, int> &table) {
    for (auto &kv : std::map<std::string, int>{}) out << kv.first;
    for (auto &kv : table) out << kv.first;
}
