// SPDX-License-Identifier: Apache-2.0
// Mapped files: content, lifetime and refusals.
#include "core/base/mapped_file.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace sinkscope {

namespace {

/// A folder of this test alone, removed at the end.
class MappedFileTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "sinkscope-mapped-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }

    std::string pathOf(const std::string &name) const { return (m_folder / name).string(); }
    std::string written(const std::string &name, const std::string &content) const
    {
        std::ofstream(pathOf(name), std::ios::binary) << content;
        return pathOf(name);
    }

    /// The sentence with which `path` is refused; empty when it is not.
    static std::string refusal(const std::string &path)
    {
        try {
            const MappedFile file(path);
        } catch (const Error &error) {
            return error.what();
        }
        return {};
    }

    std::filesystem::path m_folder;
};

std::string textOf(const MappedFile &file)
{
    return {reinterpret_cast<const char *>(file.bytes().data()), file.bytes().size()};
}

} // namespace

TEST_F(MappedFileTest, BytesAreTheFiles)
{
    const std::string content = std::string("first\0second", 12) + std::string(100000, 'x') + "end";
    const std::string path = written("model.gguf", content);
    const MappedFile file(path);
    EXPECT_EQ(file.path(), path);
    EXPECT_EQ(textOf(file), content);
}

TEST_F(MappedFileTest, StaysReadableWhenTheFileIsReplaced)
{
    const std::string path = written("model.gguf", "the old content");
    const MappedFile file(path);
    std::filesystem::rename(written("new.gguf", "the new content"), path);
    EXPECT_EQ(textOf(file), "the old content");
    std::filesystem::remove(path);
    EXPECT_EQ(textOf(file), "the old content");
}

TEST_F(MappedFileTest, RefusalsNameThePathAndTheReason)
{
    const std::string absent = refusal(pathOf("absent.gguf"));
    EXPECT_NE(absent.find(pathOf("absent.gguf")), std::string::npos) << absent;
    EXPECT_NE(absent.find("No such file"), std::string::npos) << absent;
    EXPECT_NE(refusal(m_folder.string()).find("is a folder"), std::string::npos)
        << refusal(m_folder.string());
    const std::string empty = written("empty.gguf", "");
    EXPECT_NE(refusal(empty).find("is empty"), std::string::npos) << refusal(empty);
    EXPECT_NE(refusal(""), "");
    EXPECT_NE(refusal("/dev/null").find("not a regular file"), std::string::npos) << refusal("/dev/null");
}

TEST_F(MappedFileTest, APipeIsRefusedWithoutWaitingForItsWriter)
{
    ASSERT_EQ(::mkfifo(pathOf("pipe").c_str(), 0600), 0);
    EXPECT_NE(refusal(pathOf("pipe")).find("not a regular file"), std::string::npos);
}

} // namespace sinkscope
