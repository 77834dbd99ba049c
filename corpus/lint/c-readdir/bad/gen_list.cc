#include <filesystem>
void all(const char *p) {
    for (auto &e : std::filesystem::directory_iterator(p)) emit(e);
}
