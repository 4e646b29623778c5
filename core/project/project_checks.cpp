// SPDX-License-Identifier: Apache-2.0
// What a file must be to be opened as a session, and SQLite's refusals in our words.
#include "core/project/project_checks.h"

#include "core/project/project_file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace sinkscope {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic {"SQLite format 3\0", 16};
constexpr std::size_t kHeaderBytes = 100; // https://www.sqlite.org/fileformat.html#the_database_header
constexpr std::size_t kVersionOffset = 60;
constexpr std::size_t kApplicationOffset = 68;

std::int64_t bigEndian(const std::array<char, kHeaderBytes> &header, std::size_t offset)
{
    std::int64_t value = 0;
    for (std::size_t index = 0; index < 4; ++index)
        value = value * 256 + static_cast<unsigned char>(header[offset + index]);
    return value;
}

void refuseForeign(const std::string &path, std::string given)
{
    throw Error({.what = "this is no session of Sinkscope",
        .file = path,
        .given = std::move(given),
        .expected = "a .sinkscope file",
        .wayOut = "Open a file that Sinkscope saved"});
}

} // namespace

ErrorParts damagedProject(const std::string &path, std::string given)
{
    return {.what = "the session file is damaged",
        .file = path,
        .given = std::move(given),
        .expected = "a whole file",
        .wayOut = "Take a copy made earlier; sqlite3's .recover reads what is left"};
}

ErrorParts projectErrorParts(int code, const std::string &given, const std::string &path)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return {.what = "there is no room to write the session",
            .file = path,
            .given = given,
            .wayOut = "The file is as it was before. Make room on the disk, or save the session elsewhere"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return damagedProject(path, given);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return {.what = "the session file cannot be written",
            .file = path,
            .given = given,
            .wayOut = "Save the session under another name"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {.what = "another program writes the session file",
            .file = path,
            .given = given,
            .wayOut = "End the other program, or save the session under another name"};
    default:
        return {.what = "the session file cannot be used",
            .file = path,
            .given = given,
            .wayOut = "Check the disk and the folder, or save the session under another name"};
    }
}

void checkProjectHeader(const std::string &path)
{
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status))
        throw Error({.what = "there is no such session file",
            .file = path,
            .given = failure ? failure.message() : std::string(),
            .wayOut = "Check the path; the file may have been moved"});
    if (!fs::is_regular_file(status))
        refuseForeign(path, fs::is_directory(status) ? "a folder" : "no plain file");
    std::array<char, kHeaderBytes> header {};
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error({.what = "the session file cannot be read",
            .file = path,
            .given = std::strerror(errno),
            .wayOut = "Give yourself the right to read it"});
    file.read(header.data(), static_cast<std::streamsize>(header.size()));
    if (file.gcount() == 0)
        refuseForeign(path, "an empty file");
    if (std::string_view(header.data(), kMagic.size()) != kMagic)
        refuseForeign(path, "a file of another kind");
    if (static_cast<std::size_t>(file.gcount()) < kHeaderBytes)
        throw Error(damagedProject(path, fmt::format("{} bytes", file.gcount())));
    const std::int64_t application = bigEndian(header, kApplicationOffset);
    if (application != kProjectApplicationId)
        refuseForeign(
            path, fmt::format("an SQLite file of another program (application id {:#x})", application));
    const std::int64_t version = bigEndian(header, kVersionOffset);
    if (version < 1 || version > kProjectVersion)
        throw Error({.what = "the session was written by a newer version of Sinkscope",
            .file = path,
            .given = fmt::format("version {} of the file format", version),
            .expected = fmt::format("version {}", kProjectVersion),
            .wayOut = "Open it with the Sinkscope that wrote it, or a newer one"});
}

void checkProjectWhole(const std::string &found, const std::string &path)
{
    if (found != "ok")
        throw Error(damagedProject(path, found));
}

} // namespace sinkscope
