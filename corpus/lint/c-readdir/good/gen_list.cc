#include <algorithm>
#include <filesystem>
#include <vector>
void all(const char *p) {
    std::vector<std::filesystem::path> v(std::filesystem::directory_iterator(p), {});
    std::sort(v.begin(), v.end());
    for (auto &e : v) emit(e);
}
