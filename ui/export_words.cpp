// SPDX-License-Identifier: Apache-2.0
// Names of what is exported, and forms that are chosen by a file's ending.
#include "ui/export_words.h"

#include "core/base/error.h"
#include "core/base/version.h"
#include "core/intervention/interop.h"
#include "core/intervention/intervention_json.h"

#include <fmt/format.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

namespace sinkscope::ui {

namespace {

constexpr qint64 kMostEditBytes = qint64 {16} << 20;

struct FigureKind {
    const char *name;
    const char *actionName;
    const char *fileName;
    QSize size; ///< px, at least
};

/// In the order of FigureSubject.
const FigureKind &kindOf(FigureSubject subject)
{
    static const FigureKind kinds[] = {
        {QT_TRANSLATE_NOOP("Export", "&Heads"), "exportFigureHeads", "heads", {420, 560}},
        {QT_TRANSLATE_NOOP("Export", "Heads &side by side"), "exportFigureGrid", "heads-grid", {980, 560}},
        {QT_TRANSLATE_NOOP("Export", "&Map of the head"), "exportFigureMap", "map", {980, 760}},
        {QT_TRANSLATE_NOOP("Export", "&Prompt"), "exportFigurePrompt", "prompt", {900, 140}},
        {QT_TRANSLATE_NOOP("Export", "&Output"), "exportFigureOutput", "output", {420, 480}},
        {QT_TRANSLATE_NOOP("Export", "&Factor and curves"), "exportFigureCurves", "curves", {420, 640}}};
    return kinds[static_cast<std::size_t>(subject)];
}

struct TableKind {
    const char *name;
    const char *actionName;
    const char *fileName;
};

/// In the order of TableSubject.
const TableKind &kindOf(TableSubject subject)
{
    static const TableKind kinds[] = {
        {QT_TRANSLATE_NOOP("Export", "All &heads"), "exportTableHeads", "heads"},
        {QT_TRANSLATE_NOOP("Export", "&Attention of the selected heads"), "exportTableAttention",
            "attention"},
        {QT_TRANSLATE_NOOP("Export", "&Next tokens"), "exportTableTokens", "next-tokens"},
        {QT_TRANSLATE_NOOP("Export", "An&swers"), "exportTableAnswers", "answers"}};
    return kinds[static_cast<std::size_t>(subject)];
}

QString translatedName(const char *text)
{
    return QCoreApplication::translate("Export", text);
}

} // namespace

QSize figureSize(FigureSubject subject)
{
    return kindOf(subject).size;
}

QString figureName(FigureSubject subject)
{
    return translatedName(kindOf(subject).name);
}

const char *figureActionName(FigureSubject subject)
{
    return kindOf(subject).actionName;
}

QString figureFileName(FigureSubject subject, HeadRef head)
{
    QString name = QLatin1String(kindOf(subject).fileName);
    if (subject != FigureSubject::Map)
        return name;
    return QStringLiteral("L%1H%2-%3").arg(head.layer.value).arg(head.head.value).arg(name);
}

QString tableName(TableSubject subject)
{
    return translatedName(kindOf(subject).name);
}

const char *tableActionName(TableSubject subject)
{
    return kindOf(subject).actionName;
}

QString tableFileName(TableSubject subject)
{
    return QLatin1String(kindOf(subject).fileName);
}

std::map<std::string, std::string> tensorMetadata(
    const SnapshotPair &pair, const std::string &model, const std::string &verified)
{
    std::string ids;
    for (const TokenId id : pair.shown.prompt->ids)
        ids += fmt::format("{}{}", ids.empty() ? "" : " ", id.value);
    return {{"program", fmt::format("Sinkscope {}", kVersion)}, {"model", model}, {"tokens", ids},
        {"prompt", pair.shown.prompt->text}, {"edits", interventionToJson(pair.shown.intervention)},
        {"patterns", pair.shown.patternsInHalf ? "kept in fp16" : "fp32"}, {"verified", verified}};
}

std::string editsInForm(const Intervention &intervention, const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("py"))
        return interventionToPython(intervention);
    if (suffix == QLatin1String("csv"))
        return interventionToCsv(intervention);
    if (suffix == QLatin1String("head_config"))
        return interventionToHeadConfig(intervention);
    return interventionToJson(intervention);
}

std::string textOfFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        throw Error({.what = "the file cannot be read",
            .file = path.toStdString(),
            .given = file.errorString().toStdString(),
            .wayOut = "Choose another file"});
    const QByteArray text = file.read(kMostEditBytes + 1);
    if (text.size() > kMostEditBytes)
        throw Error({.what = "the file is too large for a list of edits",
            .file = path.toStdString(),
            .expected = fmt::format("at most {} MiB", kMostEditBytes >> 20),
            .wayOut = "Choose a file of edits"});
    return text.toStdString();
}

} // namespace sinkscope::ui
