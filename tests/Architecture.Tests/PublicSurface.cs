using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Architecture.Tests;

/// <summary>Writes down what a library shows to its callers: one sorted line for each type and member.</summary>
internal static class PublicSurface
{
    private static readonly SymbolDisplayFormat TypeNames = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters
            | SymbolDisplayGenericsOptions.IncludeVariance);

    private static readonly SymbolDisplayFormat Members = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters
            | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility
            | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeRef,
        parameterOptions: SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeType
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut
            | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>Describes an assembly that lies beside this one.</summary>
    public static string Describe(string assemblyName)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assemblyName + ".dll");
        return Describe(MetadataReference.CreateFromFile(path));
    }

    /// <summary>Describes an assembly.</summary>
    public static string Describe(MetadataReference assembly)
    {
        var compilation = CSharpCompilation.Create("Surface", references: [.. Platform(), assembly]);
        var symbol = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(assembly)!;
        var lines = Types(symbol.GlobalNamespace)
            .OrderBy(NameOf, StringComparer.Ordinal)
            .SelectMany(type => MembersOf(type).Order(StringComparer.Ordinal).Prepend(Head(type)));
        return string.Concat(lines.Select(line => line + "\n"));
    }

    /// <summary>The assemblies of the platform and of this program.</summary>
    public static IEnumerable<MetadataReference> Platform() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container) =>
        from member in container.GetMembers().OfType<INamespaceOrTypeSymbol>()
        where member is INamespaceSymbol || IsSeen(member)
        from type in member is INamedTypeSymbol named ? Types(member).Prepend(named) : Types(member)
        select type;

    private static string Head(INamedTypeSymbol type)
    {
        var bases = type.Interfaces
            .Where(face => !(type.IsRecord && face.Name == nameof(IEquatable<>)))
            .Select(face => face.ToDisplayString(Members))
            .Order(StringComparer.Ordinal);
        if (type.BaseType is { SpecialType: SpecialType.None } parent)
        {
            bases = bases.Prepend(parent.ToDisplayString(Members)).OrderBy(_ => 0);
        }

        var inherits = string.Join(", ", bases);
        var name = type.ToDisplayString(Members);
        var constraints = name.IndexOf(" where ", StringComparison.Ordinal) is >= 0 and var at ? name[at..] : "";
        return $"{Access(type)}{Kind(type)} {NameOf(type)}{(inherits.Length == 0 ? "" : " : ")}{inherits}{constraints}";
    }

    private static IEnumerable<string> MembersOf(INamedTypeSymbol type) =>
        from member in type.GetMembers()
        where member is not INamedTypeSymbol && IsSeen(member) && !IsGenerated(member) && !IsImplied(type, member)
        select $"  {member.ToDisplayString(Members).Replace("public ", "", StringComparison.Ordinal)}";

    // Accessors belong to their property; an enum's constructor and a delegate's methods say nothing.
    private static bool IsImplied(INamedTypeSymbol type, ISymbol member) =>
        type.TypeKind == TypeKind.Delegate
        || member is IMethodSymbol { AssociatedSymbol: not null }
        || (member is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0 } && type.IsValueType)
        || (member is IFieldSymbol && type.TypeKind == TypeKind.Enum && member.Name == "value__");

    // What the compiler adds to a record, or to hold what belongs to nobody.
    private static bool IsGenerated(ISymbol member) =>
        member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute")
        || (member.ContainingType.IsRecord && member.Name is "EqualityContract" or "PrintMembers" or "<Clone>$");

    private static bool IsSeen(ISymbol symbol) =>
        !symbol.Name.Contains('<', StringComparison.Ordinal)
        && (symbol.DeclaredAccessibility is Accessibility.Public
            || (symbol.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal
                && symbol.ContainingType is { IsSealed: false }));

    private static string NameOf(INamedTypeSymbol type) => type.TypeKind == TypeKind.Delegate
        ? $"{type.DelegateInvokeMethod!.ReturnType.ToDisplayString(Members)} {type.ToDisplayString(TypeNames)}"
            + $"({string.Join(", ", type.DelegateInvokeMethod.Parameters.Select(p => p.ToDisplayString(Members)))})"
        : type.ToDisplayString(TypeNames);

    private static string Access(INamedTypeSymbol type) =>
        type.DeclaredAccessibility == Accessibility.Public ? "public " : "protected ";

    private static string Kind(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Enum } => "enum",
        { TypeKind: TypeKind.Delegate } => "delegate",
        { TypeKind: TypeKind.Struct, IsReadOnly: true } => "readonly struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { IsStatic: true } => "static class",
        { IsSealed: true } => $"sealed {Class(type)}",
        { IsAbstract: true } => $"abstract {Class(type)}",
        _ => Class(type),
    };

    private static string Class(INamedTypeSymbol type) => type.IsRecord ? "record" : "class";
}
