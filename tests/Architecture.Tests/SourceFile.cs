using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Architecture.Tests;

/// <summary>One C# file: its text and its syntax.</summary>
internal sealed class SourceFile
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp14, DocumentationMode.None);

    /// <summary>Parses a file.</summary>
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        Lines = text.Split('\n');
        Syntax = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, Options).GetRoot();
    }

    /// <summary>The path, relative to the root of the repository.</summary>
    public string Path { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The lines, without their ends.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The syntax.</summary>
    public CompilationUnitSyntax Syntax { get; }

    /// <summary>Whether it is shipped.</summary>
    public bool IsShipped => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>The nodes of a kind.</summary>
    public IEnumerable<TNode> All<TNode>()
        where TNode : SyntaxNode => Syntax.DescendantNodes().OfType<TNode>();

    /// <summary>The types that stand directly in a namespace or in the file.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes() => Syntax
        .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>()
        .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    /// <summary>Says what is wrong and where.</summary>
    public string At(SyntaxNode node, string problem) =>
        $"{Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {problem}";
}
