using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Architecture.Tests;

/// <summary>The rules of style that a machine can check. Each takes a file and says what is wrong, and where.</summary>
internal static partial class Tidy
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;
    private const int ColumnsMax = 120;

    private static readonly string[] Generators =
        ["LibraryImport", "LoggerMessage", "JsonSerializable", "GeneratedRegex"];

    public static IEnumerable<string> FileIsShort(SourceFile file)
    {
        var lines = file.Lines.Count - (file.Text.EndsWith('\n') ? 1 : 0);
        return lines > FileLinesMax
            ? [$"{file.Path}: {lines} lines, at most {FileLinesMax}. Split it by idea."]
            : [];
    }

    public static IEnumerable<string> MethodsAreShort(SourceFile file)
    {
        var methods = file.Syntax.DescendantNodes()
            .Where(node => node
                is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax)
            .Select(node => (Node: node, Lines: LinesOf(node.GetFirstToken(), node.GetLastToken())));
        var statements = file.Syntax.Members.OfType<GlobalStatementSyntax>().ToList();
        if (statements.Count > 0)
        {
            var lines = LinesOf(statements[0].GetFirstToken(), statements[^1].GetLastToken());
            methods = methods.Append((statements[0], lines));
        }

        return from method in methods
               where method.Lines > MethodLinesMax
               select file.At(method.Node, $"{method.Lines} lines in one method, at most {MethodLinesMax}.");
    }

    public static IEnumerable<string> LinesAreNarrow(SourceFile file) =>
        from line in file.Lines.Index()
        where line.Item.TrimEnd('\r').Length > ColumnsMax
        select $"{file.Path}:{line.Index + 1}: {line.Item.Length} columns, at most {ColumnsMax}.";

    public static IEnumerable<string> OnePublicTypeNamesItsFile(SourceFile file)
    {
        var types = file.TopLevelTypes().ToList();
        var isPublic = types.Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword)).ToList();
        foreach (var extra in isPublic.Skip(1))
        {
            yield return file.At(extra, $"'{NameOf(extra)}' is a second public type. Give it a file of its own.");
        }

        // IRepository<T> may live in IRepository.cs or, beside an IRepository, in IRepository{T}.cs. A file of several
        // small internal types is named after what they are together.
        var expected = Path.GetFileNameWithoutExtension(file.Path).Split('{')[0];
        var naming = isPublic.FirstOrDefault() ?? (types.Count == 1 ? types[0] : null);
        if (naming is not null && NameOf(naming) != expected)
        {
            yield return file.At(naming, $"The file is named '{expected}', its type '{NameOf(naming)}'.");
        }
    }

    public static IEnumerable<string> EndsOfLinesAreLf(SourceFile file)
    {
        if (file.Text.Contains('\r', StringComparison.Ordinal))
        {
            yield return $"{file.Path}: has carriage returns; lines end in LF.";
        }

        if (!file.Text.EndsWith('\n'))
        {
            yield return $"{file.Path}: its last line does not end.";
        }
    }

    public static IEnumerable<string> NothingIsFoldedAway(SourceFile file) =>
        from trivia in file.Syntax.DescendantTrivia()
        where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
        select file.At(trivia.GetStructure()!, "A region hides size. Split the file instead.");

    public static IEnumerable<string> PartialsAreForGenerators(SourceFile file) =>
        from type in file.All<TypeDeclarationSyntax>()
        where type.Modifiers.Any(SyntaxKind.PartialKeyword)
        let attributes = type.DescendantNodesAndSelf().OfType<AttributeSyntax>()
            .Select(attribute => attribute.Name.ToString().Split('.')[^1])
        where !attributes.Any(Generators.Contains)
        select file.At(type, $"'{type.Identifier.Text}' is partial and no source generator asks for it.");

    public static IEnumerable<string> NothingIsLeftForLater(SourceFile file) =>
        (from line in file.Lines.Index()
         where Later().IsMatch(line.Item)
         select $"{file.Path}:{line.Index + 1}: work left for later: '{line.Item.Trim()}'. Do it, or file an issue.")
        .Concat(
            from name in file.All<IdentifierNameSyntax>()
            where name.Identifier.Text == "NotImplementedException"
            select file.At(name, "Something is not implemented."));

    public static IEnumerable<string> NobodySleeps(SourceFile file) =>
        from access in file.All<MemberAccessExpressionSyntax>()
        where access.Name.Identifier.Text == "Sleep"
            && access.Expression.ToString().EndsWith("Thread", StringComparison.Ordinal)
        select file.At(access, "Blocks a thread to wait. Await a signal, or move a clock.");

    public static IEnumerable<string> AsyncMethodsCanBeAwaited(SourceFile file) =>
        from node in file.Syntax.DescendantNodes()
        let parts = node switch
        {
            MethodDeclarationSyntax method => (method.Modifiers, method.ReturnType),
            LocalFunctionStatementSyntax function => (function.Modifiers, function.ReturnType),
            _ => default,
        }
        where parts.Modifiers.Any(SyntaxKind.AsyncKeyword)
            && parts.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
        select file.At(node, "Async and void: nobody sees when it ends, nor how.");

    public static IEnumerable<string> ErrorsAreNotSwallowedSilently(SourceFile file) =>
        from clause in file.All<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0
            && !clause.Block.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
        select file.At(clause, "An error is swallowed, and no comment says why that is right.");

    public static IEnumerable<string> PortsHaveNoBodies(SourceFile file) =>
        from type in file.All<InterfaceDeclarationSyntax>()
        from method in type.Members.OfType<BaseMethodDeclarationSyntax>()
        where !method.Modifiers.Any(SyntaxKind.StaticKeyword)
            && (method.Body ?? (SyntaxNode?)method.ExpressionBody) is not null
        select file.At(method, "An interface has a default body. Write an extension method.");

    public static IEnumerable<string> NothingStaticChanges(SourceFile file) =>
        (from field in file.All<FieldDeclarationSyntax>()
         where field.Modifiers.Any(SyntaxKind.StaticKeyword) && !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword)
         select file.At(field, "A static field can change. State belongs to an instance."))
        .Concat(
            from property in file.All<PropertyDeclarationSyntax>()
            where property.Modifiers.Any(SyntaxKind.StaticKeyword)
                && property.AccessorList is { } list && list.Accessors.Any(SyntaxKind.SetAccessorDeclaration)
            select file.At(property, "A static property can change. State belongs to an instance."));

    public static IEnumerable<string> NothingIsFoundByReflection(SourceFile file) =>
        from access in file.All<MemberAccessExpressionSyntax>()
        let owner = access.Expression
        let name = access.Name.Identifier.Text
        where owner switch
        {
            IdentifierNameSyntax { Identifier.Text: "Activator" } => true,
            IdentifierNameSyntax { Identifier.Text: "Assembly" } => name.StartsWith("Load", StringComparison.Ordinal),
            TypeOfExpressionSyntax => IsSearch(name),
            InvocationExpressionSyntax call => call.ToString().EndsWith("GetType()", StringComparison.Ordinal)
                && IsSearch(name),
            _ => false,
        }
        select file.At(access, "Found by reflection in what is shipped. Register it explicitly.");

    private static bool IsSearch(string name) =>
        name.StartsWith("Get", StringComparison.Ordinal) || name.StartsWith("Make", StringComparison.Ordinal);

    private static int LinesOf(SyntaxToken first, SyntaxToken last)
    {
        var start = first.GetLocation().GetLineSpan().StartLinePosition;
        var end = last.GetLocation().GetLineSpan().EndLinePosition;
        return end.Line - start.Line + 1;
    }

    private static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declared => declared.Identifier.Text,
        DelegateDeclarationSyntax declared => declared.Identifier.Text,
        _ => "",
    };

    [GeneratedRegex(@"\b(TO" + "DO|FIX" + "ME|HA" + @"CK)\b")]
    private static partial Regex Later();
}
