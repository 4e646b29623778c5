// SPDX-License-Identifier: Apache-2.0
// Names of what is exported, and forms that are chosen by a file's ending.
#pragma once

#include "core/analysis/snapshot_tables.h"
#include "ui/export_actions.h"

#include <QtCore/QSize>
#include <QtCore/QString>

#include <map>
#include <string>

namespace sinkscope::ui {

QString figureName(FigureSubject subject); ///< in the menu
QSize figureSize(FigureSubject subject); ///< in px, at least
const char *figureActionName(FigureSubject subject);
QString figureFileName(FigureSubject subject, HeadRef head); ///< without ending
QString tableName(TableSubject subject);
const char *tableActionName(TableSubject subject);
QString tableFileName(TableSubject subject);

/// What a .safetensors file says of itself: tokens, edits, model, program, whether figures were verified.
std::map<std::string, std::string> tensorMetadata(
    const SnapshotPair &pair, const std::string &model, const std::string &verified);

/// `intervention` as the ending of `path` asks for: .py, .csv, .head_config, else JSON. Throws RequestError
/// where that form cannot say it.
std::string editsInForm(const Intervention &intervention, const QString &path);

/// Throws Error for a file that cannot be read or is larger than edits can be.
std::string textOfFile(const QString &path);

} // namespace sinkscope::ui
