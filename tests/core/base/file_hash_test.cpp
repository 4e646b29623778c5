// SPDX-License-Identifier: Apache-2.0
// SHA-256 of files against the examples of the standard.
#include "core/base/file_hash.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include <unistd.h>

namespace sinkscope {
namespace {

/// A file with `bytes`, removed at the end.
class HashedFile {
public:
    explicit HashedFile(const std::string &bytes)
    {
        m_path = testing::TempDir() + "sinkscope-hash-XXXXXX";
        ::close(::mkstemp(m_path.data()));
        std::ofstream(m_path, std::ios::binary) << bytes;
    }
    ~HashedFile() { ::unlink(m_path.c_str()); }
    HashedFile(const HashedFile &) = delete;
    HashedFile &operator=(const HashedFile &) = delete;
    const std::string &path() const { return m_path; }

private:
    std::string m_path;
};

// FIPS 180-4, the examples of NIST: one block; a million times "a", many blocks of the hash.
TEST(FileHash, EqualsTheExamplesOfTheStandard)
{
    EXPECT_EQ(sha256OfFile(HashedFile("abc").path(), {}),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256OfFile(HashedFile(std::string(1'000'000, 'a')).path(), {}),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(FileHash, LargeFilesAreReadInSeveralBlocks)
{
    // `head -c 9000000 /dev/zero | tr '\0' z | sha256sum`
    std::string text;
    text.resize(9'000'000, 'z');
    EXPECT_EQ(sha256OfFile(HashedFile(text).path(), {}),
        "c9d2e30714753ed418cffe5efc9896cd1cee9d44958bf7a0e1cb286a30f1fd73");
}

TEST(FileHash, CanBeCancelledAndRefusesWhatIsAbsent)
{
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(sha256OfFile(HashedFile("abc").path(), stop.get_token()).has_value());
    EXPECT_THROW(sha256OfFile(testing::TempDir() + "sinkscope-no-such-file", {}), Error);
}

} // namespace
} // namespace sinkscope
