#include <cstdint>
#include <cstdio>
#include <map>

static char nodes[40][4096];

int main()
{
    // A table of 97 buckets, by address.
    std::multimap<std::uintptr_t, int> table;
    for (int node = 0; node < 40; node++)
        table.emplace(reinterpret_cast<std::uintptr_t>(nodes[node]) / 4096 % 97, node);
    for (const auto &entry : table)
        std::printf("%d\n", entry.second);
}
