#include <cstdio>
#include <unordered_set>

static int nodes[40];

int main()
{
    std::unordered_set<const int *> set;
    for (int &node : nodes)
        set.insert(&node);
    for (const int *node : set)
        std::printf("%d\n", static_cast<int>(node - nodes));
}
