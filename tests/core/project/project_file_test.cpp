// SPDX-License-Identifier: Apache-2.0
// What goes into a session file comes out of it; wrong files are refused and left alone.
#include "core/project/project_file.h"

#include "tests/core/project/project_values.h"
#include "tests/support/tiny_model.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace sinkscope::test {

namespace fs = std::filesystem;

namespace {

std::string freshPath(const std::string &name)
{
    std::string path = temporaryPath(name);
    for (const char *end : {"", "-wal", "-shm", "-lock"})
        fs::remove(path + end);
    return path;
}

std::string bytesOf(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void writeBytes(const std::string &path, const std::string &bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

/// A closed file with everything in it.
std::string sampleFile(const std::string &name)
{
    std::string path = freshPath(name);
    ProjectFile::create(path)->write(sampleChange());
    return path;
}

void expectSameMatrix(const Matrix &got, const Matrix &expected)
{
    ASSERT_EQ(got.rows(), expected.rows());
    ASSERT_EQ(got.columns(), expected.columns());
    for (std::size_t index = 0; index < expected.values().size(); ++index)
        EXPECT_EQ(std::bit_cast<std::uint32_t>(got.values()[index]),
            std::bit_cast<std::uint32_t>(expected.values()[index]));
}

void expectSameSnapshot(const PinnedSnapshot &got, const PinnedSnapshot &expected)
{
    EXPECT_EQ(got.id, expected.id);
    EXPECT_EQ(got.name, expected.name);
    EXPECT_EQ(got.timeMs, expected.timeMs);
    EXPECT_EQ(got.content, expected.content);
    EXPECT_EQ(got.figures.outputEntropyNats, expected.figures.outputEntropyNats);
    EXPECT_EQ(got.figures.computedWith, expected.figures.computedWith);
    ASSERT_EQ(got.figures.answers.size(), expected.figures.answers.size());
    for (std::size_t place = 0; place < expected.figures.answers.size(); ++place) {
        const AnswerScore &left = got.figures.answers[place];
        const AnswerScore &right = expected.figures.answers[place];
        EXPECT_EQ(left.text, right.text);
        EXPECT_EQ(left.ids, right.ids);
        EXPECT_EQ(left.logProb, right.logProb);
        EXPECT_EQ(left.p, right.p);
        EXPECT_EQ(left.tokenisesDifferentlyInContext, right.tokenisesDifferentlyInContext);
    }
    ASSERT_EQ(got.figures.top.size(), expected.figures.top.size());
    for (std::size_t place = 0; place < expected.figures.top.size(); ++place) {
        EXPECT_EQ(got.figures.top[place].id, expected.figures.top[place].id);
        EXPECT_EQ(got.figures.top[place].text, expected.figures.top[place].text);
        EXPECT_EQ(got.figures.top[place].p, expected.figures.top[place].p);
    }
    expectSameMatrix(got.figures.sinkMassLast, expected.figures.sinkMassLast);
    expectSameMatrix(got.figures.entropyLast, expected.figures.entropyLast);
    expectSameMatrix(got.figures.entropyWithoutSinkLast, expected.figures.entropyWithoutSinkLast);
}

void expectHolds(const Project &project, const ProjectChange &written)
{
    EXPECT_EQ(project.model, *written.model);
    EXPECT_EQ(project.session, *written.session);
    EXPECT_EQ(project.history, written.nodes);
    EXPECT_EQ(project.currentNode, written.currentNode);
    EXPECT_EQ(project.notes, written.notes);
    EXPECT_EQ(project.windowState, *written.windowState);
    ASSERT_EQ(project.snapshots.size(), written.snapshots.size());
    for (std::size_t index = 0; index < written.snapshots.size(); ++index)
        expectSameSnapshot(project.snapshots[index], written.snapshots[index]);
}

/// What opening `path` is refused with.
template <typename Refusal = Error> ErrorParts refusalOf(const std::string &path, ProjectOptions options = {})
{
    try {
        ProjectFile::open(path, options);
    } catch (const Refusal &error) {
        return error.parts();
    }
    ADD_FAILURE() << path << " was opened";
    return {};
}

} // namespace

TEST(ProjectFile, EverythingComesBackAsItWasWritten)
{
    const std::string path = sampleFile("round.sinkscope");
    const Project project = ProjectFile::open(path)->read();
    expectHolds(project, sampleChange());
    EXPECT_GT(project.createdMs, 1700000000000);
    EXPECT_GE(project.changedMs, project.createdMs);
    EXPECT_FALSE(fs::exists(path + "-wal")) << "the log is folded in when the file is closed";
    EXPECT_FALSE(fs::exists(path + "-lock"));
}

TEST(ProjectFile, PlainSqlFindsTheContent)
{
    SQLite::Database database(sampleFile("sql.sinkscope"));
    const auto value = [&database](const char *query) { return database.execAndGet(query); };
    EXPECT_EQ(value("PRAGMA application_id").getInt(), 0x53696e6b);
    EXPECT_EQ(value("PRAGMA user_version").getInt(), 1);
    EXPECT_EQ(value("PRAGMA journal_mode").getString(), "wal");
    EXPECT_EQ(value("SELECT json_extract(content, '$.prompt') FROM session").getString(),
        "prompt 7 with \xc3\xa9 and \"quotes\"\n");
    EXPECT_EQ(
        value("SELECT json_extract(content, '$.edits[0].gamma') FROM session").getDouble(), 0.1 + 0.01 * 7);
    EXPECT_EQ(value("SELECT group_concat(ifnull(parent, 'none')) FROM node").getString(), "none,1,1");
    EXPECT_EQ(value("SELECT log_prob FROM snapshot_answer WHERE snapshot = 2 AND place = 0").getDouble(),
        -1.0 / 3.0);
    EXPECT_EQ(value("SELECT text FROM note WHERE query = 5 AND key = 0").getString(), "the sink");
    EXPECT_EQ(value("SELECT length(sink_mass_last) FROM snapshot WHERE id = 1").getInt(), 2 * 3 * 4);
}

TEST(ProjectFile, AWriteReplacesEntriesOfTheSameIdAndLeavesTheRest)
{
    const std::string path = sampleFile("replace.sinkscope");
    const auto file = ProjectFile::open(path);
    ProjectChange change;
    change.nodes = {{2, 1, "merged", 2500, sampleContent(9)}};
    change.snapshots = {sampleSnapshot(2)};
    change.snapshots[0].figures.answers.resize(1);
    change.removedSnapshots = {1};
    change.removedNotes = {2};
    file->write(change);
    const Project project = file->read();
    ASSERT_EQ(project.history.size(), 3U);
    EXPECT_EQ(project.history[1], change.nodes[0]);
    EXPECT_EQ(project.session, sampleContent(7));
    EXPECT_EQ(project.notes.size(), 1U);
    ASSERT_EQ(project.snapshots.size(), 1U);
    expectSameSnapshot(project.snapshots[0], change.snapshots[0]);
}

TEST(ProjectFile, AWriteThatFailsLeavesNothingOfItself)
{
    const auto file = ProjectFile::create(freshPath("half.sinkscope"));
    file->write(sampleChange());
    ProjectChange change;
    change.session = sampleContent(8);
    change.nodes = {{5, 4, "child of nobody", 1, sampleContent(5)}};
    EXPECT_THROW(file->write(change), Error);
    change = {};
    change.session = sampleContent(8);
    change.snapshots = {sampleSnapshot(3)};
    change.snapshots[0].content.prompt.text = "\xff";
    EXPECT_THROW(file->write(change), Error); // not UTF-8
    expectHolds(file->read(), sampleChange());
}

TEST(ProjectFile, AFullDiskIsSaidAndNothingIsLost)
{
    const std::string path = sampleFile("full.sinkscope");
    ProjectOptions options;
    options.mostPages = static_cast<int>(fs::file_size(path) / 4096 + 4);
    const auto file = ProjectFile::open(path, options);
    ProjectChange change;
    change.session = sampleContent(1);
    change.windowState = std::string(100000, 'x');
    try {
        file->write(change);
        FAIL() << "there was room";
    } catch (const Error &error) {
        EXPECT_NE(error.parts().what.find("no room"), std::string::npos) << error.what();
        EXPECT_EQ(error.parts().file, path);
        EXPECT_FALSE(error.parts().wayOut.empty());
    }
    expectHolds(file->read(), sampleChange());
    change.windowState.reset();
    file->write(change); // what fits is written again
    EXPECT_EQ(file->read().session, sampleContent(1));
}

TEST(ProjectFile, WhatIsNoSessionIsRefusedAndLeftAsItIs)
{
    const std::string other = freshPath("other.db");
    SQLite::Database(other, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t(a)");
    const std::string text = freshPath("text.sinkscope");
    writeBytes(text,
        "a text that is long enough to hold a header of one hundred bytes, which this one does hold, "
        "as can be counted");
    const std::string empty = freshPath("empty.sinkscope");
    writeBytes(empty, "");
    for (const auto &[path, given] : {std::pair(other, "another program"), std::pair(text, "another kind"),
             std::pair(empty, "empty"), std::pair(fs::path(text).parent_path().string(), "folder")}) {
        const std::string before = fs::is_directory(path) ? "" : bytesOf(path);
        const ErrorParts parts = refusalOf(path);
        EXPECT_EQ(parts.what, "this is no session of Sinkscope") << path;
        EXPECT_NE(parts.given.find(given), std::string::npos) << parts.given;
        EXPECT_FALSE(parts.expected.empty() || parts.wayOut.empty());
        EXPECT_EQ(fs::is_directory(path) ? "" : bytesOf(path), before);
    }
    EXPECT_NE(refusalOf(freshPath("absent.sinkscope")).what.find("no such"), std::string::npos);
}

TEST(ProjectFile, ANewerFileIsRefused)
{
    const std::string path = sampleFile("newer.sinkscope");
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 2");
    const std::string before = bytesOf(path);
    const ErrorParts parts = refusalOf(path);
    EXPECT_NE(parts.what.find("newer version"), std::string::npos);
    EXPECT_NE(parts.given.find('2'), std::string::npos);
    EXPECT_NE(parts.expected.find('1'), std::string::npos);
    EXPECT_EQ(bytesOf(path), before);
}

TEST(ProjectFile, ADamagedOrTruncatedFileIsRefused)
{
    const std::string whole = bytesOf(sampleFile("whole.sinkscope"));
    const std::string path = freshPath("damaged.sinkscope");
    std::string spoiled = whole;
    for (std::size_t at = 4096 + 8; at < 3 * 4096; ++at)
        spoiled[at] = static_cast<char>(at * 7);
    for (const std::string &bytes :
        {spoiled, whole.substr(0, whole.size() / 2), whole.substr(0, 4096), whole.substr(0, 50)}) {
        writeBytes(path, bytes);
        for (const ProjectAccess access : {ProjectAccess::ReadWrite, ProjectAccess::ReadOnly}) {
            const ErrorParts parts = refusalOf(path, {.access = access});
            EXPECT_EQ(parts.what, "the session file is damaged") << bytes.size() << ": " << parts.given;
            EXPECT_EQ(parts.file, path);
        }
        EXPECT_EQ(bytesOf(path), bytes) << "what is left is left";
    }
}

TEST(ProjectFile, ASecondProgramIsToldAndCanReadWhatIsWrittenSoFar)
{
    const std::string path = sampleFile("twice.sinkscope");
    const auto first = ProjectFile::open(path);
    EXPECT_TRUE(isProjectInUse(path));
    const ErrorParts parts = refusalOf<ProjectNotWritable>(path);
    EXPECT_NE(parts.what.find("open in another program"), std::string::npos);
    EXPECT_NE(parts.given.find(std::to_string(::getpid())), std::string::npos) << parts.given;
    ProjectChange change;
    change.session = sampleContent(11);
    first->write(change);
    const auto second = ProjectFile::open(path, {.access = ProjectAccess::ReadOnly});
    EXPECT_EQ(second->read().session, sampleContent(11));
    EXPECT_THROW(second->write(change), Error);
    const std::string copy = freshPath("twice-copy.sinkscope");
    second->saveCopy(copy);
    EXPECT_EQ(ProjectFile::open(copy)->read().session, sampleContent(11));
}

TEST(ProjectFile, AFileIsFreeAgainWhenItIsClosed)
{
    const std::string path = sampleFile("free.sinkscope");
    ProjectFile::open(path).reset();
    EXPECT_FALSE(isProjectInUse(path));
    EXPECT_NO_THROW(ProjectFile::open(path));
}

TEST(ProjectFile, ACopyReplacesAFileButNotOneThatIsOpen)
{
    const auto source = ProjectFile::open(sampleFile("source.sinkscope"));
    const std::string target = freshPath("target.sinkscope");
    {
        const auto open = ProjectFile::create(target);
        EXPECT_THROW(source->saveCopy(target), ProjectNotWritable);
        ProjectChange change;
        change.session = sampleContent(3);
        open->write(change);
    }
    writeBytes(target + "-wal", "left behind by a killed program");
    source->saveCopy(target);
    expectHolds(ProjectFile::open(target)->read(), sampleChange());
    EXPECT_THROW(source->saveCopy(source->path()), Error);
    EXPECT_THROW(ProjectFile::create(target), Error) << "an existing file is not made anew";
}

TEST(ProjectFile, AFileInAFolderThatCannotBeWrittenIsReadOnly)
{
    const std::string folder = freshPath("sealed");
    fs::create_directory(folder);
    const std::string path = folder + "/sealed.sinkscope";
    fs::copy_file(sampleFile("sealed-source.sinkscope"), path);
    fs::permissions(path, fs::perms(0444));
    fs::permissions(folder, fs::perms(0555));
    fs::permissions(fs::path(folder).parent_path(), fs::perms(0755));
    const pid_t child = ::fork(); // root may write anywhere: the child becomes nobody
    if (child == 0) {
        constexpr unsigned kNobody = 65534;
        if (::geteuid() == 0 && ::setuid(kNobody) != 0)
            ::_exit(10);
        try {
            ProjectFile::open(path);
            ::_exit(11);
        } catch (const ProjectNotWritable &) {
        }
        const auto file = ProjectFile::open(path, {.access = ProjectAccess::ReadOnly});
        ::_exit(file->read().session == sampleContent(7) ? 0 : 12);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    fs::permissions(folder, fs::perms(0755));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_TRUE(WIFEXITED(status));
}

TEST(ProjectFile, RemovingTakesAllThatBelongsToItButNotAFileInUse)
{
    const std::string path = sampleFile("gone.sinkscope");
    {
        const auto file = ProjectFile::open(path);
        EXPECT_THROW(removeProject(path), ProjectNotWritable);
    }
    removeProject(path);
    for (const char *end : {"", "-wal", "-shm", "-lock"})
        EXPECT_FALSE(fs::exists(path + end)) << end;
}

} // namespace sinkscope::test
