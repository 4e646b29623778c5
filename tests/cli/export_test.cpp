// SPDX-License-Identifier: Apache-2.0
// The export of `run`: names, shapes and values, and that nothing half-written is ever left.
#include "tests/cli/cli_fixture.h"

#include "tests/support/reference_forward.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/tiny_model.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/resource.h>

namespace sinkscope::test {

namespace {

namespace fs = std::filesystem;

const std::vector<TokenId> kTokens {TokenId(70), TokenId(40), TokenId(90), TokenId(101)};
constexpr const char *kIds = "70,40,90,101";
// fp32 against double over three small layers.
constexpr double kTolerance = 1e-4;

void expectValues(const ReferenceArray &array, const std::vector<double> &expected)
{
    ASSERT_EQ(array.values.size(), expected.size());
    EXPECT_EQ(array.dtype, "F32");
    for (std::size_t at = 0; at < expected.size(); ++at)
        EXPECT_NEAR(array.values[at], expected[at], kTolerance) << "value " << at;
}

/// A folder of its own, so that left-over files show.
std::string emptyFolder(const std::string &name)
{
    std::string path = temporaryPath(name);
    fs::remove_all(path);
    fs::create_directory(path);
    return path;
}

std::set<std::string> filesIn(const std::string &folder)
{
    std::set<std::string> names;
    for (const auto &entry : fs::directory_iterator(folder))
        names.insert(entry.path().filename().string());
    return names;
}

/// In a child process: no file may grow past 1 KiB. Ends with 0 when the export fails cleanly.
[[noreturn]] void exportWithoutRoom(const std::string &folder, const std::string &path)
{
    struct rlimit limit = {};
    limit.rlim_cur = limit.rlim_max = 1024;
    std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    const CliResult result = runCli({"run", tinyModel(), "--ids", kIds, "--export", path, "--patterns", "0"});
    const bool clean = filesIn(folder) == std::set<std::string> {"out.safetensors"}
        && readBytes(path) == "earlier" && result.err.find("could not be written") != std::string::npos;
    std::_Exit(result.code == 1 && clean ? 0 : 1); // without the parent's clean-up
}

} // namespace

TEST(CliExport, HoldsEveryArrayOfTheContract)
{
    const std::string path = emptyFolder("export") + "/out.safetensors";
    runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", "L2H1=3", "--export", path, "--patterns", "0,2",
        "--all-logits"});
    const ReferenceArrays arrays = readSafetensors(path);
    std::set<std::string> expected;
    for (const std::string prefix : {"baseline.", "edited."})
        for (const char *name :
            {"logits_last", "sink_mass_last", "sink_mass_mean", "entropy_last", "entropy_mean",
                "entropy_without_sink_last", "residual_last_token", "pattern.0", "pattern.2", "logits"})
            expected.insert(prefix + name);
    std::set<std::string> names;
    for (const auto &[name, array] : arrays)
        names.insert(name);
    EXPECT_EQ(names, expected);
    using Shape = std::vector<std::size_t>;
    EXPECT_EQ(arrayNamed(arrays, "edited.logits_last").shape, (Shape {320}));
    EXPECT_EQ(arrayNamed(arrays, "edited.logits").shape, (Shape {4, 320}));
    EXPECT_EQ(arrayNamed(arrays, "baseline.sink_mass_mean").shape, (Shape {3, 4}));
    EXPECT_EQ(arrayNamed(arrays, "baseline.pattern.2").shape, (Shape {4, 4, 4}));
    EXPECT_EQ(arrayNamed(arrays, "baseline.residual_last_token").shape, (Shape {4, 32}));
    EXPECT_EQ(filesIn(fs::path(path).parent_path().string()), std::set<std::string> {"out.safetensors"});
}

TEST(CliExport, ValuesEqualTheReference)
{
    const std::string path = temporaryPath("values.safetensors");
    runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", "L1H2=0.2", "--export", path, "--patterns",
        "0-2", "--all-logits"});
    const ReferenceArrays arrays = readSafetensors(path);
    HeadEdit edit;
    edit.head = {LayerIndex(1), HeadIndex(2)};
    edit.gamma = 0.2;
    for (const bool edited : {false, true}) {
        const std::string prefix = edited ? "edited." : "baseline.";
        const ReferencePass pass = referenceForward(tinyWeights(), kTokens,
            edited ? std::span<const HeadEdit>(&edit, 1) : std::span<const HeadEdit>());
        for (std::size_t layer = 0; layer < 3; ++layer)
            expectValues(
                arrayNamed(arrays, prefix + "pattern." + std::to_string(layer)), pass.patterns[layer]);
        expectValues(arrayNamed(arrays, prefix + "logits"), pass.logits);
        const auto lastLogits = pass.logitsRow(3);
        expectValues(arrayNamed(arrays, prefix + "logits_last"), {lastLogits.begin(), lastLogits.end()});
        std::vector<double> residual; // before each layer, then after the final norm
        for (std::size_t layer = 0; layer < 3; ++layer)
            residual.insert(residual.end(), pass.residuals[layer].end() - 32, pass.residuals[layer].end());
        residual.insert(residual.end(), pass.finalNorm.end() - 32, pass.finalNorm.end());
        expectValues(arrayNamed(arrays, prefix + "residual_last_token"), residual);
    }
}

TEST(CliExport, MatchesTheJsonExactly)
{
    const std::string path = temporaryPath("exact.safetensors");
    const nlohmann::json json =
        runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", "all=2", "--export", path});
    const ReferenceArrays arrays = readSafetensors(path);
    for (const auto &[key, name] : {std::pair {"sinkMassLast", "sink_mass_last"},
             {"sinkMassMean", "sink_mass_mean"}, {"entropyLast", "entropy_last"},
             {"entropyMean", "entropy_mean"}, {"entropyWithoutSinkLast", "entropy_without_sink_last"}})
        for (const std::string pass : {"baseline", "edited"}) {
            const ReferenceArray &array = arrayNamed(arrays, pass + "." + name);
            for (std::size_t layer = 0; layer < 3; ++layer)
                for (std::size_t head = 0; head < 4; ++head)
                    EXPECT_EQ(array.values[layer * 4 + head],
                        json.at(pass).at("heads").at(key)[layer][head].get<double>());
        }
}

TEST(CliExport, GammaOneIsExportedAndBitEqual)
{
    const std::string path = temporaryPath("one.safetensors");
    runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", "all=1", "--export", path, "--patterns", "0-2"});
    const ReferenceArrays arrays = readSafetensors(path);
    EXPECT_EQ(arrays.size(), 20U);
    for (const auto &[name, array] : arrays)
        if (name.rfind("baseline.", 0) == 0) {
            EXPECT_EQ(array.values, arrayNamed(arrays, "edited." + name.substr(9)).values) << name;
        }
}

TEST(CliExport, OneTokenLeavesOutTheMeanAndNoEditsLeaveOutEdited)
{
    const std::string path = temporaryPath("single.safetensors");
    runCliJson({"run", tinyModel(), "--ids", "70", "--export", path, "--patterns", "1"});
    const ReferenceArrays arrays = readSafetensors(path);
    EXPECT_EQ(arrays.count("baseline.sink_mass_mean"), 0U);
    EXPECT_EQ(arrays.count("edited.logits_last"), 0U);
    EXPECT_EQ(arrayNamed(arrays, "baseline.pattern.1").values, std::vector<double>(4, 1.0));
}

TEST(CliExport, ReplacesAnEarlierExportWhole)
{
    const std::string path = writeTemporary("again.safetensors", std::string(1'000'000, 'x'));
    runCliJson({"run", tinyModel(), "--ids", "70", "--export", path});
    EXPECT_EQ(arrayNamed(readSafetensors(path), "baseline.logits_last").shape.front(), 320U);
}

TEST(CliExport, TargetsThatCannotBeWrittenAreRefused)
{
    const auto exportTo = [](const std::string &path) {
        return runCli({"run", tinyModel(), "--ids", "70,40", "--export", path});
    };
    expectSentence(exportTo(""), 1, {"no file name"});
    expectSentence(
        exportTo(temporaryPath("nowhere/out.safetensors")), 1, {"nowhere", "folder", "No such file"});
    expectSentence(exportTo(emptyFolder("folder.safetensors")), 1, {"folder.safetensors", "plain file"});
    expectSentence(exportTo("/dev/null"), 1, {"/dev/null", "plain file"});
    expectSentence(exportTo(tinyModel()), 1, {"model file"});
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(CliExport, FullDiskLeavesNothingBehind)
{
    // A file system of a fixed small size is not always there; a limit on the file size gives the same
    // failure.
    const std::string folder = emptyFolder("full");
    const std::string path = folder + "/out.safetensors";
    std::ofstream(path) << "earlier";
    tinyModel(); // made here, not in the child
    EXPECT_EXIT(exportWithoutRoom(folder, path), testing::ExitedWithCode(0), "");
}

} // namespace sinkscope::test
