#include <filesystem>
#include <iostream>

int main()
{
    for (const auto &entry : std::filesystem::directory_iterator("plugins"))
        std::cout << "PLUGIN(" << entry.path().stem().string() << ")\n";
}
