// SPDX-License-Identifier: Apache-2.0
// A program that is killed while it writes loses nothing that it had written.
#include "core/project/project_file.h"

#include "tests/core/project/project_values.h"
#include "tests/support/tiny_model.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace sinkscope::test {

namespace {

/// Writes for ever, and says after each write how many there were.
[[noreturn]] void writeUntilKilled(const std::string &path, int pipeEnd)
{
    const auto file = ProjectFile::create(path);
    for (int number = 1;; ++number) {
        ProjectChange change;
        change.session = sampleContent(number);
        change.nodes = {{number, number > 1 ? std::optional<EntryId>(number - 1) : std::nullopt, "step",
            number, sampleContent(number)}};
        change.currentNode = number;
        change.snapshots = {sampleSnapshot(number)};
        file->write(change);
        if (::write(pipeEnd, &number, sizeof number) != sizeof number)
            ::_exit(1);
    }
}

} // namespace

class KilledWhileWriting : public testing::TestWithParam<int> { };

TEST_P(KilledWhileWriting, LosesNothingThatWasCommitted)
{
    const std::string path = temporaryPath("killed" + std::to_string(GetParam()) + ".sinkscope");
    std::array<int, 2> ends {};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0)
        writeUntilKilled(path, ends[1]);
    ::close(ends[1]);
    int committed = 0;
    int number = 0;
    while (committed < GetParam() && ::read(ends[0], &number, sizeof number) == sizeof number)
        committed = number;
    ::kill(child, SIGKILL);
    while (::read(ends[0], &number, sizeof number) == sizeof number)
        committed = number;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_GE(committed, GetParam());

    EXPECT_FALSE(isProjectInUse(path)) << "the lock ends with the program";
    const Project project = ProjectFile::open(path)->read();
    const int held = static_cast<int>(project.history.size());
    EXPECT_GE(held, committed);
    EXPECT_LE(held, committed + 1) << "at most the write that was under way";
    EXPECT_EQ(project.session, sampleContent(held));
    EXPECT_EQ(project.currentNode, held);
    ASSERT_EQ(static_cast<int>(project.snapshots.size()), held);
    for (int step = 1; step <= held; ++step)
        EXPECT_EQ(project.history[static_cast<std::size_t>(step) - 1].content, sampleContent(step));
    SQLite::Database database(path);
    EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM snapshot_answer").getInt(), 2 * held);
}

// Soon after the start, and after the log was folded into the file (1,000 pages) at least once.
INSTANTIATE_TEST_SUITE_P(Writes, KilledWhileWriting, testing::Values(1, 17, 700));

} // namespace sinkscope::test
