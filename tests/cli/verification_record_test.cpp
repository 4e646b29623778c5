// SPDX-License-Identifier: Apache-2.0
// An export names what `verify` found for its file and backend, and nothing older or other.
#include "tests/cli/cli_fixture.h"

#include "core/base/version.h"
#include "tests/support/tiny_model.h"

#include <cstring>
#include <filesystem>
#include <fstream>

namespace sinkscope::test {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A model file and a state folder of the test's own.
class CliVerificationRecord : public testing::Test {
protected:
    void SetUp() override
    {
        fs::remove_all(m_state);
        fs::copy_file(tinyModel(), m_model, fs::copy_options::overwrite_existing);
    }

    CliResult verify(const std::string &backend)
    {
        return runCliWithState({"verify", m_model, "--backend", backend}, m_state);
    }

    /// What an export says of the verification.
    std::string exported(const std::string &backend)
    {
        const std::string path = temporaryPath("verified.safetensors");
        const CliResult result = runCliWithState(
            {"run", m_model, "--ids", "70,40,90", "--export", path, "--backend", backend}, m_state);
        EXPECT_EQ(result.code, 0) << result.err;
        const std::string bytes = readBytes(path);
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data(), sizeof length);
        return json::parse(bytes.substr(8, length)).at("__metadata__").at("verification");
    }

    std::string m_model = temporaryPath("verification_record.gguf");
    std::string m_state = temporaryPath("verification_state");
};

} // namespace

TEST_F(CliVerificationRecord, AnExportSaysWhenNothingWasVerified)
{
    EXPECT_EQ(exported("packed").rfind("not verified", 0), 0U) << exported("packed");
    EXPECT_FALSE(fs::exists(m_state));
}

TEST_F(CliVerificationRecord, AnExportNamesTheOutcomeOfItsBackend)
{
    const CliResult report = verify("packed");
    ASSERT_EQ(report.code, 0) << report.err;
    const std::string line = exported("packed");
    EXPECT_EQ(line.rfind("passed on ", 0), 0U) << line;
    for (const std::string &part :
        {std::string("backend packed"), std::string(kVersion), report.out.substr(sizeof "sha256 " - 1, 64)})
        EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
    EXPECT_EQ(exported("blas").rfind("not verified", 0), 0U);
    ASSERT_EQ(verify("blas").code, 0);
    EXPECT_NE(exported("blas").find("backend blas"), std::string::npos);
    EXPECT_EQ(exported("packed"), line);
}

TEST_F(CliVerificationRecord, AChangedFileIsNotVerified)
{
    ASSERT_EQ(verify("packed").code, 0);
    fs::last_write_time(m_model, fs::last_write_time(m_model) + std::chrono::seconds(1));
    EXPECT_EQ(exported("packed").rfind("not verified", 0), 0U);
}

TEST_F(CliVerificationRecord, AFailureIsNamed)
{
    ASSERT_EQ(verify("packed").code, 0);
    json entries = json::parse(readBytes(m_state + "/verified.json"));
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].at("failed"), "");
    entries[0]["failed"] = "restartEqualsFullPass";
    std::ofstream(m_state + "/verified.json") << entries.dump();
    const std::string line = exported("packed");
    EXPECT_EQ(line.rfind("FAILED on ", 0), 0U) << line;
    EXPECT_NE(line.find("restartEqualsFullPass"), std::string::npos) << line;
}

TEST_F(CliVerificationRecord, ADamagedRecordIsReplacedAndFilesThatAreGoneAreDropped)
{
    fs::create_directories(m_state);
    std::ofstream(m_state + "/verified.json") << "{[";
    EXPECT_EQ(exported("packed").rfind("not verified", 0), 0U);
    const std::string gone = temporaryPath("verification_gone.gguf");
    fs::copy_file(m_model, gone, fs::copy_options::overwrite_existing);
    ASSERT_EQ(runCliWithState({"verify", gone}, m_state).code, 0);
    fs::remove(gone);
    ASSERT_EQ(verify("packed").code, 0);
    EXPECT_EQ(json::parse(readBytes(m_state + "/verified.json")).size(), 1U);
}

TEST_F(CliVerificationRecord, AReportStandsWhereNothingCanBeKept)
{
    std::ofstream(m_state) << "a file where the folder would be";
    const CliResult result = verify("packed");
    EXPECT_EQ(result.code, 0);
    EXPECT_NE(result.out.find("All checks that ran hold."), std::string::npos);
    EXPECT_NE(result.err.find("cannot be kept"), std::string::npos) << result.err;
}

} // namespace sinkscope::test
