using System.Xml;

namespace Undercroft.Monitors;

/// <summary>Reads XML for assertions: refuses what is nested too deep, which would use up the stack of who walks it,
/// and gives elements without a prefix no namespace, so that their names are those the body is written with.</summary>
internal sealed class BodyXmlReader(XmlReader inner, int depthMax) : XmlReader
{
    // The first meaning of a prefix in the body counts.
    private readonly Dictionary<string, string> prefixes = new(StringComparer.Ordinal);

    public override int AttributeCount => inner.AttributeCount;

    public override string BaseURI => inner.BaseURI;

    public override int Depth => inner.Depth;

    public override bool EOF => inner.EOF;

    public override bool IsEmptyElement => inner.IsEmptyElement;

    public override string LocalName => inner.LocalName;

    public override XmlNameTable NameTable => inner.NameTable;

    public override string NamespaceURI =>
        inner.NodeType is XmlNodeType.Element or XmlNodeType.EndElement && inner.Prefix.Length == 0
            ? ""
            : inner.NamespaceURI;

    public override XmlNodeType NodeType => inner.NodeType;

    public override string Prefix => inner.Prefix;

    /// <summary>The prefixes of the elements and attributes read so far, with what they stand for.</summary>
    public IReadOnlyDictionary<string, string> Prefixes => prefixes;

    public override ReadState ReadState => inner.ReadState;

    public override string Value => inner.Value;

    public override string GetAttribute(int i) => inner.GetAttribute(i);

    public override string? GetAttribute(string name) => inner.GetAttribute(name);

    public override string? GetAttribute(string name, string? namespaceURI) => inner.GetAttribute(name, namespaceURI);

    public override string? LookupNamespace(string prefix) => inner.LookupNamespace(prefix);

    public override bool MoveToAttribute(string name) => inner.MoveToAttribute(name);

    public override bool MoveToAttribute(string name, string? ns) => inner.MoveToAttribute(name, ns);

    public override bool MoveToElement() => inner.MoveToElement();

    public override bool MoveToFirstAttribute() => inner.MoveToFirstAttribute();

    public override bool MoveToNextAttribute() => inner.MoveToNextAttribute();

    public override bool Read()
    {
        var read = inner.Read();
        if (inner.Depth > depthMax)
        {
            throw new XmlException($"its elements are nested more than {depthMax} deep.");
        }

        if (inner.NodeType == XmlNodeType.Element)
        {
            Keep(inner.Prefix, inner.NamespaceURI);
            while (inner.MoveToNextAttribute())
            {
                var isDeclared = inner.Prefix == "xmlns";
                Keep(isDeclared ? inner.LocalName : inner.Prefix, isDeclared ? inner.Value : inner.NamespaceURI);
            }

            _ = inner.MoveToElement();
        }

        return read;
    }

    public override bool ReadAttributeValue() => inner.ReadAttributeValue();

    public override void ResolveEntity() => inner.ResolveEntity();

    private void Keep(string prefix, string uri)
    {
        if (prefix.Length > 0 && prefix is not ("xml" or "xmlns"))
        {
            _ = prefixes.TryAdd(prefix, uri);
        }
    }
}
