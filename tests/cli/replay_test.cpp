// SPDX-License-Identifier: Apache-2.0
// `replay`: pinned figures against new ones, exit codes, and sessions that are refused.
#include "tests/cli/cli_fixture.h"

#include "core/base/file_hash.h"
#include "core/engine/engine.h"
#include "core/project/project_file.h"
#include "core/project/snapshot_figures.h"
#include "tests/support/tiny_model.h"

#include <filesystem>
#include <functional>

namespace sinkscope::test {

using nlohmann::json;

namespace {

/// Writes a session of the tiny model with a plain snapshot and an edited one.
class CliReplay : public testing::Test {
protected:
    CliReplay()
        : path(temporaryPath("replay.sinkscope"))
    {
        std::filesystem::remove(path);
        m_change.model = ModelReference {tinyModel(), sha256OfFile(tinyModel(), {}).value(), "tiny"};
        SessionContent content;
        content.prompt.text = "the cat sat on the mat, and";
        content.answers = {" the", " cat sat"};
        m_change.snapshots.push_back(snapshotOf(1, "plain", content));
        content.prompt.form = PromptForm::Chat;
        content.edits.setFactor({LayerIndex(1), HeadIndex(2)}, 0.3);
        content.edits.setFactor({LayerIndex(2), HeadIndex(0)}, 0.0);
        content.switchedOff.setFactor({LayerIndex(0), HeadIndex(0)}, 5.0);
        m_change.snapshots.push_back(snapshotOf(2, "edited", content));
        write([](ProjectChange &) {});
    }

    void write(const std::function<void(ProjectChange &)> &change)
    {
        std::filesystem::remove(path);
        ProjectChange changed = m_change;
        change(changed);
        ProjectFile::create(path)->write(changed);
    }

    const std::string path;

private:
    static PinnedSnapshot snapshotOf(EntryId id, const char *name, const SessionContent &content)
    {
        static Engine engine(EngineOptions {.threadCount = 2, .load = {.backend = GemmBackend::Packed}});
        if (!engine.model())
            engine.loadModel(tinyModel(), [](double, const std::string &) {}, {});
        PassQuestion question;
        question.prompt = content.prompt;
        question.answers = content.answers;
        question.intervention = content.edits;
        const PassAnswer answer = engine.complete(engine.preview(question, {}).value(), {}).value();
        return {id, name, 0, content, figuresOf(*answer.edited, GemmBackend::Packed)};
    }

    ProjectChange m_change;
};

} // namespace

TEST_F(CliReplay, JsonIsThatOfTheContractAndTheFiguresAreEqualToTheBit)
{
    const json report = runCliJson({"replay", path, "--backend", "packed", "--threads", "1"});
    EXPECT_EQ(report.size(), 3U);
    EXPECT_EQ(report.at("ok"), true);
    EXPECT_EQ(report.at("model"), tinyModel());
    ASSERT_EQ(report.at("snapshots").size(), 2U);
    for (const json &snapshot : report.at("snapshots")) {
        EXPECT_EQ(snapshot.size(), 3U);
        EXPECT_EQ(snapshot.at("ok"), true);
        EXPECT_EQ(snapshot.at("worst").size(), 5U);
        EXPECT_EQ(snapshot.at("worst").at("difference"), 0.0);
        EXPECT_EQ(snapshot.at("worst").at("tolerance"), 0.0);
        EXPECT_EQ(snapshot.at("worst").at("stored"), snapshot.at("worst").at("now"));
    }
    EXPECT_EQ(report.at("snapshots")[1].at("name"), "edited");
}

TEST_F(CliReplay, AnotherBackendMayDifferByWhatFp32Differs)
{
    const json report = runCliJson({"replay", path, "--backend", "blas"});
    EXPECT_EQ(report.at("ok"), true);
    for (const json &snapshot : report.at("snapshots"))
        EXPECT_GT(snapshot.at("worst").at("tolerance").get<double>(), 0.0);
}

TEST_F(CliReplay, AChangedFigureIsNamedWithExitCodeOne)
{
    write([](ProjectChange &change) { change.snapshots[1].figures.sinkMassLast.at(2, 3) += 0.25F; });
    const CliResult result = runCli({"replay", path, "--backend", "blas", "--json"});
    EXPECT_EQ(result.code, 1);
    const json report = result.json();
    EXPECT_EQ(report.at("ok"), false);
    EXPECT_EQ(report.at("snapshots")[0].at("ok"), true);
    const json &worst = report.at("snapshots")[1].at("worst");
    EXPECT_EQ(report.at("snapshots")[1].at("ok"), false);
    EXPECT_EQ(worst.at("figure"), "a0 of L2H3");
    EXPECT_NEAR(worst.at("difference").get<double>(), 0.25, 1e-4); // 0.25 less the drift of another backend
    EXPECT_EQ(worst.at("tolerance"), 3e-5);
    EXPECT_NE(result.err.find("1 of 2"), std::string::npos) << result.err;

    const CliResult text = runCli({"replay", path});
    EXPECT_EQ(text.code, 1);
    for (const char *part :
        {"snapshot", "\"edited\"", "DIFFERS", "a0 of L2H3", "tolerance", "Figures DIFFER."})
        EXPECT_NE(text.out.find(part), std::string::npos) << part << " in " << text.out;
}

TEST_F(CliReplay, OtherEditsThanThoseOfTheFiguresAreFound)
{
    write([](ProjectChange &change) {
        change.snapshots[1].content.edits.setFactor({LayerIndex(1), HeadIndex(2)}, 0.31);
    });
    EXPECT_EQ(runCli({"replay", path, "--backend", "packed"}).code, 1);
}

TEST_F(CliReplay, AModelThatMovedIsNamedByOption)
{
    write([](ProjectChange &change) { change.model->path = "/gone/model.gguf"; });
    expectSentence(runCli({"replay", path}), 1, {"/gone/model.gguf", "--model"});
    EXPECT_EQ(runCli({"replay", path, "--model", tinyModel()}).code, 0);
    EXPECT_EQ(runCliWithDefault({"replay", path, "--model", "default"}, tinyModel()).code, 0);
}

TEST_F(CliReplay, AFileOfAnotherHashIsRefused)
{
    TinyModelOptions options;
    options.seed = 5;
    const std::string other = writeTinyModel(options);
    const std::string hash = sha256OfFile(other, {}).value();
    expectSentence(runCli({"replay", path, "--model", other}), 1, {other, hash, "another model", "--model"});
    write([&](ProjectChange &change) { change.model->path = other; });
    expectSentence(runCli({"replay", path}), 1, {hash});
    write([](ProjectChange &change) { change.model->sha256.clear(); });
    expectSentence(runCli({"replay", path}), 1, {"no sha256"});
}

TEST_F(CliReplay, AnOpenSessionIsReplayedAndOneWithoutFiguresSaysSo)
{
    const auto window = ProjectFile::open(path);
    EXPECT_EQ(runCliJson({"replay", path}).at("snapshots").size(), 2U);
    ProjectChange change;
    change.removedSnapshots = {1, 2};
    window->write(change);
    const CliResult result = runCli({"replay", path});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_NE(result.out.find("no pinned figures"), std::string::npos);
}

TEST_F(CliReplay, WhatIsNoSessionIsRefused)
{
    expectSentence(runCli({"replay", tinyModel()}), 1, {"no session of Sinkscope", tinyModel()});
    expectSentence(runCli({"replay", temporaryPath("absent.sinkscope")}), 1, {"no such session", "absent"});
}

} // namespace sinkscope::test
