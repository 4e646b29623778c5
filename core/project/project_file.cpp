// SPDX-License-Identifier: Apache-2.0
// Opening, checking, writing and copying session files.
#include "core/project/project_file.h"

#include "core/project/project_checks.h"
#include "core/project/project_lock.h"
#include "core/project/project_rows.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <unistd.h>
#include <utility>

namespace sinkscope {

namespace {

namespace fs = std::filesystem;

constexpr int kLogPages = 1000; // SQLite's own measure of a long log
constexpr int kBusyMs = 500; // another program's shell may hold the file for a moment
std::int64_t nowMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string logPath(const std::string &path)
{
    return path + "-wal";
}

/// Calls `act` and puts errors of SQLite into our words.
template <typename Act> auto inOurWords(const std::string &path, const Act &act)
{
    try {
        return act();
    } catch (const SQLite::Exception &error) {
        throw Error(projectErrorParts(error.getErrorCode(), error.what(), path));
    }
}

/// `path` for SQLite's URI form, with what has a meaning there written as %XX.
std::string uriOf(const std::string &path)
{
    std::string uri = "file:";
    for (const char letter : path) {
        if (letter == '%' || letter == '?' || letter == '#')
            uri += fmt::format("%{:02X}", static_cast<int>(letter));
        else
            uri += letter;
    }
    return uri + "?immutable=1";
}

std::unique_ptr<SQLite::Database> openReadOnly(const std::string &path)
{
    try {
        auto database = std::make_unique<SQLite::Database>(path, SQLite::OPEN_READONLY, kBusyMs);
        database->execAndGet(
            "SELECT count(*) FROM about"); // makes the log's index, which needs a writable folder
        return database;
    } catch (const SQLite::Exception &error) {
        const int code = error.getErrorCode() & 0xff;
        if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || fs::exists(logPath(path)))
            throw;
        // Nothing waits in a log and nobody can write: the file alone is all there is.
        return std::make_unique<SQLite::Database>(
            uriOf(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI, kBusyMs);
    }
}

std::unique_ptr<ProjectLock> takeLock(const std::string &path)
{
    std::string holder;
    std::unique_ptr<ProjectLock> lock;
    try {
        lock = ProjectLock::takeOrNull(path, holder);
    } catch (const Error &error) {
        throw ProjectNotWritable(error.parts());
    }
    if (!lock)
        throw ProjectNotWritable({.what = "the session is open in another program",
            .file = path,
            .given = holder,
            .wayOut = "Close it there, or open a copy"});
    return lock;
}

void requireWritable(const std::string &path)
{
    if (::access(path.c_str(), W_OK) != 0)
        throw ProjectNotWritable({.what = "the session file cannot be written",
            .file = path,
            .given = std::strerror(errno),
            .wayOut = "Open a copy, or give yourself the right to write it"});
}

void prepare(SQLite::Database &database, const ProjectOptions &options)
{
    database.exec("PRAGMA foreign_keys = ON");
    if (options.access == ProjectAccess::ReadOnly)
        return;
    database.exec("PRAGMA synchronous = NORMAL"); // a killed program loses nothing; the log is never torn
    database.exec("PRAGMA journal_mode = WAL");
    if (options.mostPages > 0)
        database.exec(fmt::format("PRAGMA max_page_count = {}", options.mostPages));
}

/// Keeps the length of the log in `pages` after each write, in place of SQLite's folding within a write,
/// which waits for the disk.
void watchLog(SQLite::Database &database, int &pages)
{
    sqlite3_wal_hook(
        database.getHandle(),
        [](void *target, sqlite3 *, const char *, int pagesInLog) {
            *static_cast<int *>(target) = pagesInLog;
            return SQLITE_OK;
        },
        &pages);
}

/// Writes what the system still holds of `path` to the disk.
bool flushToDisk(const std::string &path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool isDone = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0)
        ::close(descriptor);
    return isDone;
}

void removeLogs(const std::string &path)
{
    std::error_code ignored;
    fs::remove(logPath(path), ignored);
    fs::remove(path + "-shm", ignored);
    fs::remove(path + "-journal", ignored);
}

} // namespace

bool ProjectChange::isEmpty() const
{
    return !model && !session && nodes.empty() && !currentNode && snapshots.empty()
        && removedSnapshots.empty() && notes.empty() && removedNotes.empty() && !windowState;
}

struct ProjectFile::Parts {
    std::string path;
    ProjectAccess access = ProjectAccess::ReadWrite;
    std::unique_ptr<ProjectLock> lock; // given back after the database is closed
    std::unique_ptr<SQLite::Database> database;
    int pagesInLog = 0; // after the last write
    int foldedAt = 0; // pages in the log when it was last folded into the file
    std::atomic<bool> isFolding = false;
    std::jthread folding; // ends first

    void foldLogWhenLong();
};

/// On a thread of its own: folding waits for the disk.
void ProjectFile::Parts::foldLogWhenLong()
{
    if (pagesInLog < foldedAt)
        foldedAt = 0; // it began anew
    if (pagesInLog - foldedAt < kLogPages || isFolding.exchange(true))
        return;
    foldedAt = pagesInLog;
    folding = std::jthread([this] {
        try {
            SQLite::Database beside(path, SQLite::OPEN_READWRITE, kBusyMs);
            beside.exec("PRAGMA wal_checkpoint(PASSIVE)"); // writes go on meanwhile
        } catch (const SQLite::Exception &) {
            // The log holds all of it; it is folded later, at the latest when the file is opened again.
        }
        isFolding = false;
    });
}

ProjectFile::ProjectFile(std::unique_ptr<Parts> parts)
    : m_parts(std::move(parts))
{
}

ProjectFile::~ProjectFile() = default;

const std::string &ProjectFile::path() const
{
    return m_parts->path;
}

ProjectAccess ProjectFile::access() const
{
    return m_parts->access;
}

std::unique_ptr<ProjectFile> ProjectFile::create(const std::string &path, const ProjectOptions &options)
{
    auto parts = std::make_unique<Parts>();
    parts->path = path;
    parts->lock = takeLock(path);
    std::error_code ignored;
    if (fs::exists(path, ignored))
        throw Error({.what = "there is a file of that name already",
            .file = path,
            .wayOut = "Name another one, or open that one"});
    removeLogs(path); // of a file that was removed by hand
    return inOurWords(path, [&] {
        parts->database =
            std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
        // Before the log is used: the first bytes of the file then say what it is from the start.
        makeProjectTables(*parts->database, nowMs());
        prepare(*parts->database, options);
        watchLog(*parts->database, parts->pagesInLog);
        return std::unique_ptr<ProjectFile>(new ProjectFile(std::move(parts)));
    });
}

std::unique_ptr<ProjectFile> ProjectFile::open(const std::string &path, const ProjectOptions &options)
{
    checkProjectHeader(path);
    auto parts = std::make_unique<Parts>();
    parts->path = path;
    parts->access = options.access;
    if (options.access == ProjectAccess::ReadWrite) {
        requireWritable(path);
        parts->lock = takeLock(path);
    }
    return inOurWords(path, [&] {
        parts->database = options.access == ProjectAccess::ReadOnly
            ? openReadOnly(path)
            : std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE, kBusyMs);
        checkProjectWhole(parts->database->execAndGet("PRAGMA integrity_check(1)").getString(), path);
        prepare(*parts->database, options);
        watchLog(*parts->database, parts->pagesInLog);
        return std::unique_ptr<ProjectFile>(new ProjectFile(std::move(parts)));
    });
}

Project ProjectFile::read() const
{
    return inOurWords(m_parts->path, [&] {
        SQLite::Transaction oneState(*m_parts->database); // another program may write between two tables
        return readProjectRows(*m_parts->database, m_parts->path);
    });
}

void ProjectFile::write(const ProjectChange &change)
{
    if (change.isEmpty())
        return;
    inOurWords(m_parts->path, [&] {
        SQLite::Transaction transaction(*m_parts->database, SQLite::TransactionBehavior::IMMEDIATE);
        writeProjectRows(*m_parts->database, change, nowMs());
        transaction.commit();
    });
    m_parts->foldLogWhenLong();
}

void ProjectFile::saveCopy(const std::string &target) const
{
    std::error_code failure;
    if (fs::equivalent(target, m_parts->path, failure))
        throw Error({.what = "a session cannot be copied onto itself",
            .file = target,
            .wayOut = "Name another file"});
    const std::unique_ptr<ProjectLock> lock = takeLock(target);
    const std::string part = fmt::format("{}.part-{}", target, ::getpid());
    fs::remove(part, failure);
    try {
        inOurWords(target, [&] {
            SQLite::Statement copy(*m_parts->database, "VACUUM INTO ?");
            copy.bind(1, part);
            copy.exec();
        });
        if (!flushToDisk(part))
            throw Error({.what = "the session could not be written to the disk",
                .file = target,
                .given = std::strerror(errno),
                .wayOut = "Make room, or save it elsewhere"});
        removeLogs(target); // they belong to the file that is replaced
        fs::rename(part, target, failure);
        if (failure)
            throw Error({.what = "the session could not be put in place",
                .file = target,
                .given = failure.message(),
                .wayOut = "Name another file"});
    } catch (...) {
        std::error_code ignored;
        fs::remove(part, ignored);
        throw;
    }
    flushToDisk(fs::path(target).parent_path().string());
}

bool isProjectInUse(const std::string &path)
{
    std::string holder;
    try {
        return ProjectLock::takeOrNull(path, holder) == nullptr;
    } catch (const Error &) {
        return false; // nobody can lock it
    }
}

void removeProject(const std::string &path)
{
    const std::unique_ptr<ProjectLock> lock = takeLock(path);
    std::error_code failure;
    fs::remove(path, failure);
    if (failure)
        throw ProjectNotWritable({.what = "the session file cannot be removed",
            .file = path,
            .given = failure.message(),
            .wayOut = "Give yourself the right to write its folder"});
    removeLogs(path);
}

} // namespace sinkscope
