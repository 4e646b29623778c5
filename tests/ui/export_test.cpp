// SPDX-License-Identifier: Apache-2.0
// What a person takes out of the window: each form is opened again and compared with the snapshot.
#include "core/intervention/interop.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/views/head_map_view.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <QAction>
#include <QBuffer>
#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QImageReader>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QXmlStreamReader>

#include <cstring>

namespace sinkscope::ui {
namespace {

class Exports : public testing::Test {
protected:
    Exports()
        : driver(QString::fromStdString(test::writeTinyModel()))
    {
        driver.clickHead(1, 2);
        driver.dragSlider(0.2);
        EXPECT_TRUE(driver.waitComplete());
    }
    QString inFolder(const char *name) const { return folder.filePath(QLatin1String(name)); }
    void trigger(const char *name) { driver.find<QAction>(name).trigger(); }
    /// Chooses the action, answers with `name` and waits for the file.
    QByteArray exported(const char *action, const char *name)
    {
        driver.prompts.nextExport = inFolder(name);
        QSignalSpy written(driver.window->findChild<ExportActions *>(), &ExportActions::written);
        trigger(action);
        EXPECT_TRUE(QTest::qWaitFor([&] { return !written.isEmpty() || !driver.prompts.errors.empty(); },
            test::UiDriver::kPatienceMs));
        QFile file(driver.prompts.nextExport);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// As the snapshot on screen has it.
    std::vector<float> triangle() const
    {
        return bench().state.edited()->pass->layers[1]->patternTriangle(HeadIndex(2));
    }
    const Workbench &bench() const { return *driver.bench; }

    QTemporaryDir folder;
    test::UiDriver driver;
};

TEST_F(Exports, AFigureAsPngHasTwoPxForOneAndItsCaption)
{
    QByteArray bytes = exported("exportFigureMap", "map.png");
    QBuffer buffer(&bytes);
    QImageReader reader(&buffer, "png");
    const QImage image = reader.read();
    ASSERT_FALSE(image.isNull()) << reader.errorString().toStdString();
    EXPECT_GE(image.width(), 2 * 980);
    EXPECT_TRUE(image.text(QStringLiteral("Description")).contains(QStringLiteral("L1 H2 γ")))
        << image.text(QStringLiteral("Description")).toStdString();
    int colours = 0; // a map is there: not one colour all over
    QRgb former = 0;
    for (int x = 0; x < image.width(); ++x) {
        colours += image.pixel(x, image.height() / 2) != former ? 1 : 0;
        former = image.pixel(x, image.height() / 2);
    }
    EXPECT_GT(colours, 10);
}

TEST_F(Exports, AFigureAsSvgIsDrawnAgainAndNamesTheHead)
{
    const QByteArray bytes = exported("exportFigureMap", "map.svg");
    QXmlStreamReader xml(bytes);
    while (!xml.atEnd())
        xml.readNext();
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
    EXPECT_TRUE(QSvgRenderer(bytes).isValid());
    EXPECT_TRUE(bytes.contains("Layer 1, head 2"));
}

TEST_F(Exports, AFigureAsPdfBeginsAndEndsAsOne)
{
    for (const char *action : {"exportFigureMap", "exportFigureHeads", "exportFigureGrid",
             "exportFigurePrompt", "exportFigureOutput", "exportFigureCurves"}) {
        const QByteArray bytes = exported(action, "figure.pdf");
        EXPECT_TRUE(bytes.startsWith("%PDF-")) << action;
        EXPECT_TRUE(bytes.trimmed().endsWith("%%EOF")) << action;
        EXPECT_FALSE(bytes.contains("DCTDecode")) << action << ": JPEG turns the colours of cells";
    }
}

TEST_F(Exports, AnEndingThatNoFigureHasIsRefusedAndNothingIsWritten)
{
    exported("exportFigureMap", "map.bmp");
    ASSERT_EQ(driver.prompts.errors.size(), 1U);
    EXPECT_TRUE(driver.prompts.errors[0].cause.contains(QStringLiteral(".svg")));
    EXPECT_FALSE(QFile::exists(inFolder("map.bmp")));
}

TEST_F(Exports, AFolderThatIsNotThereIsNamed)
{
    exported("exportTableHeads", "absent/heads.csv");
    ASSERT_EQ(driver.prompts.errors.size(), 1U);
    EXPECT_TRUE(driver.prompts.errors[0].details.contains(QStringLiteral("absent")))
        << driver.prompts.errors[0].details.toStdString();
}

TEST_F(Exports, AttentionAsCsvIsTheSnapshot)
{
    const QList<QByteArray> lines = exported("exportTableAttention", "attention.csv").trimmed().split('\n');
    const std::vector<float> weights = triangle();
    ASSERT_EQ(std::size_t(lines.size()), 1 + weights.size());
    for (std::size_t at = 0; at < weights.size(); ++at)
        EXPECT_NEAR(lines[int(at) + 1].split(',').constLast().toDouble(), double(weights[at]), 1e-6);
}

TEST_F(Exports, TensorsAreReadBackUnderTheNamesOfTransformerLens)
{
    exported("exportTensors", "attention.safetensors");
    const test::ReferenceArrays arrays =
        test::readSafetensors(inFolder("attention.safetensors").toStdString());
    const test::ReferenceArray &pattern = test::arrayNamed(arrays, "blocks.1.attn.hook_pattern");
    const std::vector<float> weights = triangle();
    const std::size_t count = bench().state.baseline()->prompt->ids.size();
    EXPECT_EQ(pattern.shape, (std::vector<std::size_t> {4, count, count}));
    for (std::size_t query = 0; query < count; ++query)
        for (std::size_t key = 0; key < count; ++key)
            EXPECT_EQ(pattern.values[(2 * count + query) * count + key],
                key <= query ? double(weights[query * (query + 1) / 2 + key]) : 0.0);
    EXPECT_EQ(test::arrayNamed(arrays, "baseline.blocks.1.attn.hook_pattern").shape, pattern.shape);
}

TEST_F(Exports, ThePageHasNoLinkAndTheWeightsOfTheHead)
{
    const QByteArray page = exported("exportPage", "page.html");
    for (const char *link : {"http:", "https:", "src=", "href=", "@import", "url("})
        EXPECT_FALSE(page.contains(link)) << link;
    const int from = page.indexOf("id=\"data\">") + int(std::strlen("id=\"data\">"));
    const int to = page.indexOf("</script>", from);
    const nlohmann::json data = nlohmann::json::parse(page.mid(from, to - from).toStdString());
    const QByteArray bytes =
        QByteArray::fromBase64(QByteArray::fromStdString(data["heads"][0]["edited"].get<std::string>()));
    std::vector<float> weights(std::size_t(bytes.size()) / sizeof(float));
    std::memcpy(weights.data(), bytes.constData(), std::size_t(bytes.size()));
    EXPECT_EQ(weights, triangle());
    EXPECT_EQ(data["tokens"].size(), bench().state.baseline()->prompt->ids.size());
}

TEST_F(Exports, EditsGoOutAndComeBackInEachForm)
{
    const EditList before = driver.state().edits();
    for (const char *name : {"edits.json", "edits.py", "edits.csv"}) {
        exported("exportEdits", name);
        driver.state().resetAllEdits();
        trigger("importEdits"); // the prompt answers with the same path
        EXPECT_EQ(driver.state().edits(), before) << name;
    }
    driver.state().undoStack().undo();
    EXPECT_TRUE(driver.state().edits().isEmpty()) << "an import is one step";
}

TEST_F(Exports, AHeadConfigIsAskedForItsFactor)
{
    QFile file(inFolder("heads.json"));
    file.open(QIODevice::WriteOnly);
    file.write("{\"0\": [1, 3]}");
    file.close();
    driver.prompts.nextExport = file.fileName();
    trigger("importEdits");
    EXPECT_EQ(driver.state().edits().editedHeadCount(), 1) << "cancelled: as it was";
    driver.prompts.nextFactor = 0.5;
    trigger("importEdits");
    ASSERT_EQ(driver.state().edits().editedHeadCount(), 2);
    EXPECT_EQ(driver.state().edits().effectiveFactor({LayerIndex(0), HeadIndex(3)}), 0.5);
}

TEST_F(Exports, EditsThatTheModelHasNoHeadForAreRefused)
{
    QFile file(inFolder("edits.csv"));
    file.open(QIODevice::WriteOnly);
    file.write("layer,head,gamma\n40,1,0.5\n");
    file.close();
    const EditList before = driver.state().edits();
    driver.prompts.nextExport = file.fileName();
    trigger("importEdits");
    ASSERT_EQ(driver.prompts.errors.size(), 1U);
    EXPECT_EQ(driver.state().edits(), before);
}

TEST_F(Exports, CopyGivesTheCellTheRowAndTheScript)
{
    driver.selection().setPinned({2, 1});
    driver.selection().setHovered({});
    trigger("copyValue");
    EXPECT_EQ(QGuiApplication::clipboard()->text().toFloat(), triangle()[2 * 3 / 2 + 1]);
    trigger("copyRow");
    const QStringList lines = QGuiApplication::clipboard()->text().trimmed().split(QLatin1Char('\n'));
    ASSERT_EQ(lines.size(), 1 + 3);
    EXPECT_EQ(lines[2].section(QLatin1Char('\t'), 3).toFloat(), triangle()[2 * 3 / 2 + 1]);
    trigger("copyScript");
    EXPECT_TRUE(
        QGuiApplication::clipboard()->text().contains(QStringLiteral("attn_implementation=\"eager\"")));
    trigger("copyFigure");
    EXPECT_FALSE(QGuiApplication::clipboard()->image().isNull());
}

} // namespace
} // namespace sinkscope::ui
