// SPDX-License-Identifier: Apache-2.0
// The tables of a session file.
#include "core/project/project_rows.h"

#include "core/base/error.h"
#include "core/project/project_file.h"
#include "core/project/session_json.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstring>

namespace sinkscope {

namespace {

static_assert(std::endian::native == std::endian::little, "matrices are stored as little-endian fp32");

// One row tables hold id 1. Contents are JSON (session_json.h), matrices fp32 in row order, times ms since
// 1970.
constexpr const char *kTables = R"(
CREATE TABLE about(id INTEGER PRIMARY KEY CHECK(id = 1), created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL);
CREATE TABLE model(id INTEGER PRIMARY KEY CHECK(id = 1), path TEXT NOT NULL, sha256 TEXT NOT NULL,
  name TEXT NOT NULL);
CREATE TABLE node(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node(id), name TEXT NOT NULL,
  time_ms INTEGER NOT NULL, content TEXT NOT NULL);
CREATE TABLE session(id INTEGER PRIMARY KEY CHECK(id = 1), content TEXT NOT NULL);
CREATE TABLE current_node(id INTEGER PRIMARY KEY CHECK(id = 1), node INTEGER NOT NULL REFERENCES node(id));
CREATE TABLE snapshot(id INTEGER PRIMARY KEY, name TEXT NOT NULL, time_ms INTEGER NOT NULL, content TEXT NOT NULL,
  output_entropy_nats REAL NOT NULL, layers INTEGER NOT NULL, heads INTEGER NOT NULL, sink_mass_last BLOB NOT NULL,
  entropy_last BLOB NOT NULL, entropy_without_sink_last BLOB NOT NULL, computed_with TEXT NOT NULL);
CREATE TABLE snapshot_answer(snapshot INTEGER NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE,
  place INTEGER NOT NULL, text TEXT NOT NULL, token_ids TEXT NOT NULL, log_prob REAL NOT NULL, p REAL NOT NULL,
  differs_in_context INTEGER NOT NULL, PRIMARY KEY(snapshot, place));
CREATE TABLE snapshot_top(snapshot INTEGER NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE,
  place INTEGER NOT NULL, token_id INTEGER NOT NULL, text TEXT NOT NULL, p REAL NOT NULL,
  PRIMARY KEY(snapshot, place));
CREATE TABLE note(id INTEGER PRIMARY KEY, layer INTEGER NOT NULL, head INTEGER NOT NULL, query INTEGER, key INTEGER,
  text TEXT NOT NULL, time_ms INTEGER NOT NULL);
CREATE TABLE window(id INTEGER PRIMARY KEY CHECK(id = 1), state BLOB NOT NULL);
)";

void bindMatrix(SQLite::Statement &statement, int place, const Matrix &matrix)
{
    statement.bind(
        place, static_cast<const void *>(matrix.values().data()), static_cast<int>(matrix.byteSize()));
}

/// Bytes of a BLOB or TEXT column; a text may hold any character.
std::string bytesOf(const SQLite::Column &column)
{
    const int size = column.getBytes();
    const void *data = column.getBlob();
    return data ? std::string(static_cast<const char *>(data), static_cast<std::size_t>(size))
                : std::string();
}

Error damaged(const std::string &path, std::string place, std::string given, std::string expected)
{
    return Error({.what = "the session file is damaged",
        .file = path,
        .place = std::move(place),
        .given = std::move(given),
        .expected = std::move(expected),
        .wayOut = "Take a copy made earlier; sqlite3's .recover reads what is left"});
}

std::vector<TokenId> parseIds(std::string_view text)
{
    std::vector<TokenId> ids;
    const char *const end = text.data() + text.size();
    for (const char *at = text.data(); at < end; ++at) {
        std::int32_t id = 0;
        at = std::from_chars(at, end, id).ptr;
        ids.emplace_back(id);
    }
    return ids;
}

void writeNode(SQLite::Database &database, const HistoryNode &node)
{
    SQLite::Statement row(database,
        "INSERT INTO node(id, parent, name, time_ms, content) VALUES(?, ?, ?, ?, ?) ON CONFLICT(id) DO "
        "UPDATE SET "
        "parent = excluded.parent, name = excluded.name, time_ms = excluded.time_ms, content = "
        "excluded.content");
    row.bind(1, node.id);
    if (node.parent)
        row.bind(2, *node.parent);
    row.bind(3, node.name);
    row.bind(4, node.timeMs);
    row.bind(5, sessionContentToJson(node.content));
    row.exec();
}

void writeSnapshotLists(SQLite::Database &database, const PinnedSnapshot &snapshot)
{
    SQLite::Statement answer(database, "INSERT INTO snapshot_answer VALUES(?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t place = 0; place < snapshot.figures.answers.size(); ++place) {
        const AnswerScore &score = snapshot.figures.answers[place];
        std::vector<std::int32_t> ids;
        for (const TokenId id : score.ids)
            ids.push_back(id.value);
        answer.bind(1, snapshot.id);
        answer.bind(2, static_cast<std::int64_t>(place));
        answer.bind(3, score.text);
        answer.bind(4, fmt::format("{}", fmt::join(ids, ",")));
        answer.bind(5, score.logProb);
        answer.bind(6, score.p);
        answer.bind(7, score.tokenisesDifferentlyInContext ? 1 : 0);
        answer.exec();
        answer.reset();
    }
    SQLite::Statement top(database, "INSERT INTO snapshot_top VALUES(?, ?, ?, ?, ?)");
    for (std::size_t place = 0; place < snapshot.figures.top.size(); ++place) {
        const TokenProbability &token = snapshot.figures.top[place];
        top.bind(1, snapshot.id);
        top.bind(2, static_cast<std::int64_t>(place));
        top.bind(3, token.id.value);
        top.bind(4, token.text);
        top.bind(5, token.p);
        top.exec();
        top.reset();
    }
}

void removeRow(SQLite::Database &database, const char *table, EntryId id)
{
    SQLite::Statement row(database, fmt::format("DELETE FROM {} WHERE id = ?", table));
    row.bind(1, id);
    row.exec();
}

void writeSnapshot(SQLite::Database &database, const PinnedSnapshot &snapshot)
{
    removeRow(database, "snapshot", snapshot.id); // with its lists
    const SnapshotFigures &figures = snapshot.figures;
    SQLite::Statement row(database, "INSERT INTO snapshot VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, snapshot.id);
    row.bind(2, snapshot.name);
    row.bind(3, snapshot.timeMs);
    row.bind(4, sessionContentToJson(snapshot.content));
    row.bind(5, figures.outputEntropyNats);
    row.bind(6, static_cast<std::int64_t>(figures.sinkMassLast.rows()));
    row.bind(7, static_cast<std::int64_t>(figures.sinkMassLast.columns()));
    bindMatrix(row, 8, figures.sinkMassLast);
    bindMatrix(row, 9, figures.entropyLast);
    bindMatrix(row, 10, figures.entropyWithoutSinkLast);
    row.bind(11, figures.computedWith);
    row.exec();
    writeSnapshotLists(database, snapshot);
}

void writeNote(SQLite::Database &database, const HeadNote &note)
{
    SQLite::Statement row(database, "INSERT OR REPLACE INTO note VALUES(?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, note.id);
    row.bind(2, note.head.layer.value);
    row.bind(3, note.head.head.value);
    if (note.query)
        row.bind(4, note.query->value);
    if (note.key)
        row.bind(5, note.key->value);
    row.bind(6, note.text);
    row.bind(7, note.timeMs);
    row.exec();
}

void writeSingleRows(SQLite::Database &database, const ProjectChange &change)
{
    if (change.model) {
        SQLite::Statement row(database, "INSERT OR REPLACE INTO model VALUES(1, ?, ?, ?)");
        row.bind(1, change.model->path);
        row.bind(2, change.model->sha256);
        row.bind(3, change.model->name);
        row.exec();
    }
    if (change.session) {
        SQLite::Statement row(database, "INSERT OR REPLACE INTO session VALUES(1, ?)");
        row.bind(1, sessionContentToJson(*change.session));
        row.exec();
    }
    if (change.currentNode) {
        SQLite::Statement row(database, "INSERT OR REPLACE INTO current_node VALUES(1, ?)");
        row.bind(1, *change.currentNode);
        row.exec();
    }
    if (change.windowState) {
        SQLite::Statement row(database, "INSERT OR REPLACE INTO window VALUES(1, ?)");
        row.bind(1, static_cast<const void *>(change.windowState->data()),
            static_cast<int>(change.windowState->size()));
        row.exec();
    }
}

Matrix readMatrix(
    const SQLite::Column &column, std::size_t rows, std::size_t columns, const std::string &path)
{
    Matrix matrix(rows, columns);
    const std::string bytes = bytesOf(column);
    if (bytes.size() != matrix.byteSize())
        throw damaged(path, std::string("column ") + column.getName(), fmt::format("{} bytes", bytes.size()),
            fmt::format("{} bytes", matrix.byteSize()));
    if (!bytes.empty())
        std::memcpy(matrix.values().data(), bytes.data(), bytes.size());
    return matrix;
}

void readSnapshotLists(SQLite::Database &database, PinnedSnapshot &snapshot)
{
    SQLite::Statement answer(database,
        "SELECT text, token_ids, log_prob, p, differs_in_context FROM snapshot_answer WHERE snapshot = ? "
        "ORDER BY place");
    answer.bind(1, snapshot.id);
    while (answer.executeStep())
        snapshot.figures.answers.push_back({bytesOf(answer.getColumn(0)),
            parseIds(bytesOf(answer.getColumn(1))), answer.getColumn(2).getDouble(),
            answer.getColumn(3).getDouble(), answer.getColumn(4).getInt() != 0});
    SQLite::Statement top(
        database, "SELECT token_id, text, p FROM snapshot_top WHERE snapshot = ? ORDER BY place");
    top.bind(1, snapshot.id);
    while (top.executeStep())
        snapshot.figures.top.push_back(
            {TokenId(top.getColumn(0).getInt()), bytesOf(top.getColumn(1)), top.getColumn(2).getDouble()});
}

PinnedSnapshot readSnapshot(SQLite::Statement &row, const std::string &path)
{
    constexpr std::int64_t kMostSide = 1 << 16;
    PinnedSnapshot snapshot;
    snapshot.id = row.getColumn(0).getInt64();
    snapshot.name = bytesOf(row.getColumn(1));
    snapshot.timeMs = row.getColumn(2).getInt64();
    snapshot.content = sessionContentFromJson(bytesOf(row.getColumn(3)), path);
    const std::int64_t layers = row.getColumn(5).getInt64();
    const std::int64_t heads = row.getColumn(6).getInt64();
    if (layers < 0 || heads < 0 || layers > kMostSide || heads > kMostSide)
        throw damaged(path, "table snapshot", fmt::format("{} layers of {} heads", layers, heads),
            "the shape of a model");
    const auto rows = static_cast<std::size_t>(layers);
    const auto columns = static_cast<std::size_t>(heads);
    SnapshotFigures &figures = snapshot.figures;
    figures.outputEntropyNats = row.getColumn(4).getDouble();
    figures.sinkMassLast = readMatrix(row.getColumn(7), rows, columns, path);
    figures.entropyLast = readMatrix(row.getColumn(8), rows, columns, path);
    figures.entropyWithoutSinkLast = readMatrix(row.getColumn(9), rows, columns, path);
    figures.computedWith = bytesOf(row.getColumn(10));
    return snapshot;
}

std::optional<TokenPos> readPosition(const SQLite::Column &column)
{
    return column.isNull() ? std::nullopt : std::optional(TokenPos(column.getInt()));
}

void readSingleRows(SQLite::Database &database, Project &project, const std::string &path)
{
    SQLite::Statement about(database, "SELECT created_ms, changed_ms FROM about");
    if (!about.executeStep())
        throw damaged(path, "table about", "no row", "one");
    project.createdMs = about.getColumn(0).getInt64();
    project.changedMs = about.getColumn(1).getInt64();
    SQLite::Statement model(database, "SELECT path, sha256, name FROM model");
    if (model.executeStep())
        project.model = {
            bytesOf(model.getColumn(0)), bytesOf(model.getColumn(1)), bytesOf(model.getColumn(2))};
    SQLite::Statement session(database, "SELECT content FROM session");
    if (session.executeStep())
        project.session = sessionContentFromJson(bytesOf(session.getColumn(0)), path);
    SQLite::Statement current(database, "SELECT node FROM current_node");
    if (current.executeStep())
        project.currentNode = current.getColumn(0).getInt64();
    SQLite::Statement window(database, "SELECT state FROM window");
    if (window.executeStep())
        project.windowState = bytesOf(window.getColumn(0));
}

void readHistory(SQLite::Database &database, Project &project, const std::string &path)
{
    SQLite::Statement row(database, "SELECT id, parent, name, time_ms, content FROM node ORDER BY id");
    while (row.executeStep()) {
        HistoryNode node;
        node.id = row.getColumn(0).getInt64();
        if (!row.getColumn(1).isNull())
            node.parent = row.getColumn(1).getInt64();
        if (node.parent && *node.parent >= node.id)
            throw damaged(path, fmt::format("table node, id {}", node.id),
                fmt::format("parent {}", *node.parent), "a parent with a smaller id");
        node.name = bytesOf(row.getColumn(2));
        node.timeMs = row.getColumn(3).getInt64();
        node.content = sessionContentFromJson(bytesOf(row.getColumn(4)), path);
        project.history.push_back(std::move(node));
    }
}

} // namespace

void makeProjectTables(SQLite::Database &database, std::int64_t nowMs)
{
    SQLite::Transaction transaction(database);
    database.exec(kTables);
    database.exec(fmt::format("INSERT INTO about VALUES(1, {}, {})", nowMs, nowMs));
    database.exec(fmt::format("PRAGMA application_id = {}", kProjectApplicationId));
    database.exec(fmt::format("PRAGMA user_version = {}", kProjectVersion));
    transaction.commit();
}

void writeProjectRows(SQLite::Database &database, const ProjectChange &change, std::int64_t nowMs)
{
    for (const HistoryNode &node : change.nodes)
        writeNode(database, node);
    writeSingleRows(database, change);
    for (const EntryId id : change.removedSnapshots)
        removeRow(database, "snapshot", id);
    for (const PinnedSnapshot &snapshot : change.snapshots)
        writeSnapshot(database, snapshot);
    for (const EntryId id : change.removedNotes)
        removeRow(database, "note", id);
    for (const HeadNote &note : change.notes)
        writeNote(database, note);
    database.exec(fmt::format("UPDATE about SET changed_ms = {}", nowMs));
}

Project readProjectRows(SQLite::Database &database, const std::string &path)
{
    Project project;
    readSingleRows(database, project, path);
    readHistory(database, project, path);
    SQLite::Statement snapshot(database, "SELECT * FROM snapshot ORDER BY id");
    while (snapshot.executeStep()) {
        project.snapshots.push_back(readSnapshot(snapshot, path));
        readSnapshotLists(database, project.snapshots.back());
    }
    SQLite::Statement note(
        database, "SELECT id, layer, head, query, key, text, time_ms FROM note ORDER BY id");
    while (note.executeStep())
        project.notes.push_back({note.getColumn(0).getInt64(),
            {LayerIndex(note.getColumn(1).getInt()), HeadIndex(note.getColumn(2).getInt())},
            readPosition(note.getColumn(3)), readPosition(note.getColumn(4)), bytesOf(note.getColumn(5)),
            note.getColumn(6).getInt64()});
    return project;
}

} // namespace sinkscope
