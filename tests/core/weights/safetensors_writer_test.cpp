// SPDX-License-Identifier: Apache-2.0
// The written file byte by byte against the format's own description, and what happens when writing fails.
#include "core/weights/safetensors_writer.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace sinkscope::test {

namespace {

namespace fs = std::filesystem;

std::string bytesOf(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string emptyFolder(const std::string &name)
{
    std::string path = temporaryPath(name);
    fs::remove_all(path);
    fs::create_directory(path);
    return path;
}

std::size_t fileCount(const std::string &folder)
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

TEST(SafetensorsWriter, LayoutIsTheFormats)
{
    const std::string path = emptyFolder("layout") + "/out.safetensors";
    const std::vector<float> first {1.0F, -2.5F};
    const std::vector<float> second {3.0F};
    const std::vector<SafetensorsEntry> entries {
        safetensorsEntry("b", {2, 1}, first), safetensorsEntry("a", {1}, second)};
    writeSafetensors(path, entries, {{"note", "quote \" backslash \\ line\nend"}});
    const std::string bytes = bytesOf(path);
    std::uint64_t headerSize = 0;
    std::memcpy(&headerSize, bytes.data(), sizeof headerSize);
    EXPECT_EQ(headerSize % 8, 0U);
    const auto header = nlohmann::json::parse(bytes.substr(8, headerSize));
    EXPECT_EQ(header.at("__metadata__").at("note"), "quote \" backslash \\ line\nend");
    EXPECT_EQ(
        header.at("b"), (nlohmann::json {{"dtype", "F32"}, {"shape", {2, 1}}, {"data_offsets", {0, 8}}}));
    EXPECT_EQ(header.at("a"), (nlohmann::json {{"dtype", "F32"}, {"shape", {1}}, {"data_offsets", {8, 12}}}));
    ASSERT_EQ(bytes.size(), 8 + headerSize + 12);
    // IEEE 754, little-endian: 1, -2.5, 3
    const std::string stored("\0\0\x80\x3F\0\0\x20\xC0\0\0\x40\x40", 12);
    EXPECT_EQ(bytes.substr(8 + headerSize), stored);
    EXPECT_EQ(fileCount(fs::path(path).parent_path().string()), 1U);
}

TEST(SafetensorsWriter, PiecesOfAnySizeJoin)
{
    const std::string path = temporaryPath("pieces.safetensors");
    std::vector<float> values(1'000'003); // crosses the writer's buffer several times
    std::iota(values.begin(), values.end(), 0.0F);
    SafetensorsEntry entry {"x", {values.size()}, [&](const FloatSink &sink) {
                                std::size_t at = 0;
                                for (std::size_t size = 0; at < values.size(); size = size * 2 + 1) {
                                    const std::size_t count = std::min(size, values.size() - at);
                                    sink(std::span(values).subspan(at, count));
                                    at += count;
                                }
                            }};
    writeSafetensors(path, {&entry, 1}, {});
    const ReferenceArray array = arrayNamed(readSafetensors(path), "x");
    ASSERT_EQ(array.values.size(), values.size());
    EXPECT_TRUE(std::equal(values.begin(), values.end(), array.values.begin()));
}

TEST(SafetensorsWriter, NoEntriesAndEmptyTensorsAreFiles)
{
    const std::string path = temporaryPath("empty.safetensors");
    writeSafetensors(path, {}, {});
    EXPECT_TRUE(readSafetensors(path).empty());
    const SafetensorsEntry entry = safetensorsEntry("none", {0, 4}, {});
    writeSafetensors(path, {&entry, 1}, {});
    EXPECT_TRUE(arrayNamed(readSafetensors(path), "none").values.empty());
}

TEST(SafetensorsWriter, FailureKeepsTheFormerFileAndRemovesTheTemporaryOne)
{
    const std::string folder = emptyFolder("failure");
    const std::string path = folder + "/out.safetensors";
    std::ofstream(path) << "former";
    const SafetensorsEntry entry {"x", {4}, [](const FloatSink &) { throw std::runtime_error("no values"); }};
    EXPECT_THROW(writeSafetensors(path, {&entry, 1}, {}), std::runtime_error);
    EXPECT_EQ(bytesOf(path), "former");
    EXPECT_EQ(fileCount(folder), 1U);
}

TEST(SafetensorsWriter, LinkStaysALink)
{
    const std::string folder = emptyFolder("link");
    std::ofstream(folder + "/real.safetensors") << "former";
    fs::create_symlink("real.safetensors", folder + "/link.safetensors");
    const std::vector<float> values {1.0F};
    const SafetensorsEntry entry = safetensorsEntry("x", {1}, values);
    writeSafetensors(folder + "/link.safetensors", {&entry, 1}, {});
    EXPECT_TRUE(fs::is_symlink(folder + "/link.safetensors"));
    EXPECT_EQ(readSafetensors(folder + "/real.safetensors").size(), 1U);
    EXPECT_EQ(fileCount(folder), 2U);
}

TEST(SafetensorsWriter, LinkToAFileThatIsNotThereYetStaysALink)
{
    const std::string folder = emptyFolder("dangling");
    fs::create_symlink("later.safetensors", folder + "/link.safetensors");
    writeSafetensors(folder + "/link.safetensors", {}, {});
    EXPECT_TRUE(fs::is_symlink(folder + "/link.safetensors"));
    EXPECT_TRUE(fs::is_regular_file(folder + "/later.safetensors"));
}

// Killed in the middle of writing: no handler can run, so the file must not have a name yet.
TEST(SafetensorsWriter, AKilledProgramLeavesNoFile)
{
    const std::string folder = emptyFolder("killed");
    const int probe = ::open(folder.c_str(), O_TMPFILE | O_WRONLY, 0666);
    if (probe < 0)
        GTEST_SKIP() << "this file system has no files without a name";
    ::close(probe);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const SafetensorsEntry entry {"x", {4}, [](const FloatSink &) { ::raise(SIGKILL); }};
        writeSafetensors(folder + "/out.safetensors", {&entry, 1}, {});
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(fileCount(folder), 0U);
}

TEST(SafetensorsWriter, TargetsThatCannotBeFilesAreRefused)
{
    EXPECT_THROW(requireWritableTarget(""), Error);
    EXPECT_THROW(requireWritableTarget(temporaryPath("absent-folder/out.safetensors")), Error);
    EXPECT_THROW(requireWritableTarget(emptyFolder("folder")), Error);
    EXPECT_THROW(requireWritableTarget("/dev/null"), Error);
    EXPECT_NO_THROW(requireWritableTarget(temporaryPath("fine.safetensors")));
}

} // namespace sinkscope::test
