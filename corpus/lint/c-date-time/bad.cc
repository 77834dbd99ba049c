#include <string>
std::string built() { return std::string(__DATE__) + R"(__TIME__)"; }
