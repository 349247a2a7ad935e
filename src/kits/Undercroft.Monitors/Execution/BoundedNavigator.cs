using System.Xml;
using System.Xml.XPath;

namespace Undercroft.Monitors;

/// <summary>Walks XML and counts its steps: an XPath expression can be short and take for ever.</summary>
internal sealed class BoundedNavigator(XPathNavigator inner, BoundedNavigator.Budget budget) : XPathNavigator
{
    public override string BaseURI => inner.BaseURI;

    public override bool IsEmptyElement => inner.IsEmptyElement;

    public override string LocalName => inner.LocalName;

    public override string Name => inner.Name;

    public override XmlNameTable NameTable => inner.NameTable;

    public override string NamespaceURI => inner.NamespaceURI;

    public override XPathNodeType NodeType => inner.NodeType;

    public override string Prefix => inner.Prefix;

    public override string Value
    {
        get
        {
            // The value of an element is put together out of all below it.
            var value = inner.Value;
            budget.Spend(1 + (value.Length / 16));
            return value;
        }
    }

    public override XPathNavigator Clone() => new BoundedNavigator(inner.Clone(), budget);

    public override bool IsSamePosition(XPathNavigator other) => Spent(inner.IsSamePosition(Inner(other)));

    public override bool MoveTo(XPathNavigator other) => Spent(inner.MoveTo(Inner(other)));

    public override bool MoveToFirstAttribute() => Spent(inner.MoveToFirstAttribute());

    public override bool MoveToFirstChild() => Spent(inner.MoveToFirstChild());

    public override bool MoveToFirstNamespace(XPathNamespaceScope namespaceScope) =>
        Spent(inner.MoveToFirstNamespace(namespaceScope));

    public override bool MoveToId(string id) => Spent(inner.MoveToId(id));

    public override bool MoveToNext() => Spent(inner.MoveToNext());

    public override bool MoveToNextAttribute() => Spent(inner.MoveToNextAttribute());

    public override bool MoveToNextNamespace(XPathNamespaceScope namespaceScope) =>
        Spent(inner.MoveToNextNamespace(namespaceScope));

    public override bool MoveToParent() => Spent(inner.MoveToParent());

    public override bool MoveToPrevious() => Spent(inner.MoveToPrevious());

    public override void MoveToRoot()
    {
        budget.Spend(1);
        inner.MoveToRoot();
    }

    public override XmlNodeOrder ComparePosition(XPathNavigator? nav)
    {
        budget.Spend(1);
        return nav is BoundedNavigator other ? inner.ComparePosition(other.Unwrapped) : XmlNodeOrder.Unknown;
    }

    private XPathNavigator Unwrapped => inner;

    private static XPathNavigator Inner(XPathNavigator other) =>
        other is BoundedNavigator bounded ? bounded.Unwrapped : other;

    private bool Spent(bool result)
    {
        budget.Spend(1);
        return result;
    }

    /// <summary>How many steps are left.</summary>
    internal sealed class Budget(long steps)
    {
        private long left = steps;

        public void Spend(long steps)
        {
            if ((left -= steps) < 0)
            {
                throw new NodeFailure(
                    "the XPath expression takes too many steps through the body. Name the way instead of using '//'.");
            }
        }
    }
}
