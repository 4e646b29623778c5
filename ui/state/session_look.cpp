// SPDX-License-Identifier: Apache-2.0
// What a session remembers of the window, as a small JSON object.
#include "ui/state/session_look.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace sinkscope::ui {

namespace {

const QLatin1String kLayer("layer");
const QLatin1String kHead("head");
const QLatin1String kSide("side");

} // namespace

std::string lookOf(const Selection &selection)
{
    const QJsonObject look {{kLayer, selection.head().layer.value}, {kHead, selection.head().head.value},
        {kSide, static_cast<int>(selection.side())}};
    return QJsonDocument(look).toJson(QJsonDocument::Compact).toStdString();
}

void takeLook(Selection &selection, const HeadGrid &grid, const std::string &look)
{
    const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(look)).object();
    const auto number = [&object](QLatin1String key, int most) {
        const int value = object[key].toInt(-1);
        return value <= most ? value : -1;
    };
    const int layer = number(kLayer, grid.layerCount - 1);
    const int head = number(kHead, grid.headCount - 1);
    if (layer >= 0 && head >= 0)
        selection.setHead({LayerIndex(layer), HeadIndex(head)});
    if (const int side = number(kSide, static_cast<int>(Side::Difference)); side >= 0)
        selection.setSide(static_cast<Side>(side));
}

} // namespace sinkscope::ui
