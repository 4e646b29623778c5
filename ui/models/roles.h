// SPDX-License-Identifier: Apache-2.0
// Roles the item models share, beyond Qt's own.
#pragma once

#include <QtCore/qnamespace.h>

namespace sinkscope::ui {

enum Role {
    kEmphasisRole = Qt::UserRole + 1, ///< int of CellEmphasis: 0 normal, 1 secondary, 2 small
    kFactorRole, ///< double; 0 = off
    kCurveRole, ///< QVector<QPointF>: x = factor (0 = off), y = value, NaN = not computed yet
    kLayerRole, ///< int
    kHeadRole, ///< int
    kTitleRole, ///< QString: the name where room is short; invalid: Qt::DisplayRole
    kDetailRole, ///< QString: a second, smaller line under the title; invalid: none
    kDepthRole, ///< int: how far the row is indented
    kExpandedRole, ///< bool; invalid: the row does not unfold
    kMixedRole, ///< bool: the heads of the row differ, kFactorRole is of one of them
    kCurveStateRole, ///< int of RowCurve
    kCaptionRole, ///< QString: what an edit of another kind does, in the place of the slider; invalid: a
                  ///< factor
    kValueWordRole, ///< QString: its value
    kTokenIdRole, ///< int
    kProbabilityRole, ///< double
    kBarRole, ///< double 0..1: length of a bar behind the cell; invalid: none
    kChangeRole, ///< double; invalid without a baseline
    kTintRole, ///< double, -1..1: how strongly the cell is tinted, negative ones as less; invalid: not at all
    kStepStateRole, ///< int of StepState
    kMarkRole, ///< bool: the first token that differs
};

} // namespace sinkscope::ui
