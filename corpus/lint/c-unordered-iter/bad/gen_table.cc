#include <iostream>
#include <map>
#include <unordered_map>
struct Node { int id; };
std::map<Node *, int> by_node;
void write(std::ostream &out, const std::unordered_map<std::string, int> &table) {
    for (auto &kv : table) out << kv.first;
    for (auto it = by_node.begin(); it != by_node.end(); ++it) out << it->second;
    for (auto &kv : std::unordered_map<std::string, int>{}) out << kv.first;
}
